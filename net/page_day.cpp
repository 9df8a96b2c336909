#include "net/api/days.hpp"
#include "net/page.hpp"
#include "net/page_parts.hpp"
#include "net/texts.hpp"

#include <charconv>

// The end of a day: what is still to be sent, said with one number, and what the book has not got.
namespace doseline::net {

namespace {

using core::errc;

std::string_view state_text(core::day_state s, language lang) {
    switch (s) {
        case core::day_state::none: return either(lang, "기록 없음", "nothing yet");
        case core::day_state::open: return either(lang, "마감 전", "not ended");
        case core::day_state::closing: return either(lang, "입력할 것 남음", "rows to send");
        case core::day_state::closed: return either(lang, "마감", "ended");
    }
    return "";
}

// Today first; what was reported, and what came after it.
std::string table_of_days(core::clinic_number clinic, language lang, const api_context& api) {
    const core::zone_offset zone = core::totals_zone(api.state.programmes());
    std::string rows(either(lang,
                            "<tr><th>날짜</th><th>상태</th><th>등록</th><th>남은 입력</th>"
                            "<th>마감 시각</th><th>그 뒤 등록</th></tr>",
                            "<tr><th>Day</th><th>State</th><th>Registered</th><th>To send</th>"
                            "<th>Said at</th><th>Since then</th></tr>"));
    for (std::size_t ago = 0; ago < core::limits::days_kept; ++ago) {
        const core::civil_day day = api::today(api) - std::chrono::days{ago};
        const core::clinic_day d = api.state.read_day(clinic, day);
        rows += "<tr>" + cell(core::format_day(day)) + cell(state_text(state_of(d), lang)) +
                cell(std::to_string(d.registered));
        if (d.reported()) {
            // "2016-10-04T18:32:00.000+09:00": day and clock of it.
            const std::string at = core::format_instant(core::reported_at(d, day, zone), zone);
            rows += cell(std::to_string(d.left())) +
                    cell(at.substr(5, 5) + ' ' + at.substr(11, 5)) +
                    cell(std::to_string(d.registered_since));
        } else {
            rows += cell("") + cell("") + cell("");
        }
        rows += "</tr>";
    }
    return "<div class=\"list\"><table>" + rows + "</table></div>";
}

// The number is not filled in: nobody says by mistake that nothing is left.
std::string day_form(language lang, const api_context& api) {
    std::string days;
    for (std::size_t ago = 0; ago < core::limits::days_kept; ++ago) {
        days +=
            "<option>" + core::format_day(api::today(api) - std::chrono::days{ago}) + "</option>";
    }
    return "<form method=\"post\" action=\"/page/day\">" +
           hidden("lang", either(lang, "ko", "en")) +
           "<div class=\"fields\"><div><label for=\"date\">" +
           std::string(either(lang, "날짜", "Day")) + "</label><select id=\"date\" name=\"date\">" +
           days + "</select></div><div><label for=\"unsent\">" +
           std::string(either(lang, "아직 입력하지 않은 접종 (없으면 0)",
                              "Shots not entered yet (none: 0)")) +
           "</label><input class=\"small\" id=\"unsent\" name=\"unsent\" inputmode=\"numeric\" "
           "pattern=\"[0-9]+\" title=\"0 - 10000\" maxlength=\"5\" required autofocus "
           "autocomplete=\"off\"></div><div><button>" +
           std::string(either(lang, "하루 마감", "End the day")) + "</button></div></div></form>";
}

std::string expected_text(language lang, const api::stock_expected& stock) {
    return "<p>" + remaining_text(lang, stock.remaining) +
           std::string(either(lang, " · 입력할 것 ", " · to be entered: ")) +
           std::to_string(stock.unsent) +
           std::string(either(lang, " → 냉장고에 있을 백신: <b>",
                              " → should be in the refrigerator: <b>")) +
           std::to_string(stock.expected()) + "</b></p>";
}

reply day_page(language lang, unsigned status, std::string_view said, core::clinic_number clinic,
               api_context& api) {
    api.state.read_stock(clinic, api.rows);
    return page(lang, status, said,
                day_form(lang, api) + expected_text(lang, api::expected_of(clinic, api)) +
                    table_of_days(clinic, lang, api) +
                    link_to(lang, "/", "접종 화면", "Back", 'b') + link_to_list(lang),
                escape_html(api.state.clinic(clinic).name), "");
}

reply render_report(core::outcome&& outcome, const render_context& context, api_context& api) {
    const language lang = context.lang;
    if (const auto* refused = std::get_if<core::refusal>(&outcome)) {
        return page_problem(*refused, context, api);
    }
    const auto& receipt = std::get<core::day_receipt>(outcome);
    const bool closed = state_of(receipt.after) == core::day_state::closed;
    const std::string said =
        core::format_day(receipt.day) + ": " +
        (closed ? std::string(either(lang, "마감되었습니다", "the day is ended"))
                : std::to_string(receipt.after.left()) +
                      std::string(either(lang, "건을 나중에 입력합니다", " to be entered later")));
    return day_page(lang, 200, answer_box(closed ? "yes" : "ask", said, ""), receipt.clinic, api);
}

std::optional<std::uint16_t> read_unsent(std::string_view text) noexcept {
    std::uint16_t rows = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, rows);
    return error == std::errc{} && stopped == end && rows <= core::limits::day_unsent_max
               ? std::optional(rows)
               : std::nullopt;
}

}  // namespace

std::string link_to_day(language lang) {
    return link_to(lang, "/page/day", "하루 마감 (Alt+M)", "End the day (Alt+M)", 'm');
}

answer show_day(call& c) {
    c.lang = form_language(form_fields(c.req.query), c.lang);
    return day_page(c.lang, 200, "", c.who.clinic, c.api);
}

// Sent again, as a reload of the page does, it says the same and changes nothing.
answer post_day(call& c) {
    const form_fields form(c.req.body);
    c.lang = form_language(form, c.lang);
    if (!same_origin(c)) {
        return ask_for_code(c);
    }
    const auto unsent = read_unsent(form["unsent"]);
    const auto day = api::day_meant(c, form["date"]);
    if (!unsent || !day || c.mode() == core::mode::read_only) {
        const errc why = !day      ? static_cast<errc>(day.error().value())
                         : !unsent ? errc::bad_field
                                   : errc::read_only;
        reply r = day_page(c.lang, core::http_status(why),
                           answer_box("no", text_of(why, c.lang), ""), c.who.clinic, c.api);
        r.by_mode = why == errc::read_only ? core::mode::read_only : core::mode::normal;
        return r;
    }
    render_context context;
    context.lang = c.lang;
    context.page = true;
    return pending{core::report_day{c.actor(), *day, *unsent}, render_report, context};
}

}  // namespace doseline::net
