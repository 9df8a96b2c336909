#include "core/registration_page.hpp"
#include "net/api/amendments.hpp"
#include "net/api/dose_request.hpp"
#include "net/api/shown_person.hpp"
#include "net/page.hpp"
#include "net/page_parts.hpp"
#include "net/registration_id.hpp"
#include "net/texts.hpp"

#include <charconv>

// The list of a day, and putting right or taking back what was registered by mistake: no telephone
// is needed for it.
namespace doseline::net {

namespace {

using core::errc;

struct picked {
    core::sequence registration = 0;
    core::version_number version = 0;
};

std::optional<picked> read_pick(std::string_view text) {
    const std::size_t dot = text.find('.');
    const auto seq = parse_registration_id(text.substr(0, dot));
    if (!seq || dot == std::string_view::npos) {
        return std::nullopt;
    }
    picked p{*seq, 0};
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data() + dot + 1, end, p.version);
    if (error != std::errc{} || stopped != end || p.version == core::any_version) {
        return std::nullopt;
    }
    return p;
}

std::string table_row(const core::listed_registration& r, language lang, api_context& api) {
    const core::dose_registered& e = r.dose;
    const core::zone_offset zone = api.state.programmes()[e.programme]->offset;
    std::string number;
    std::string name;
    if (const auto person = api::person_shown(e, r.extension, api)) {
        number = person->number;
        name = person->name;
    }
    const bool voided = r.state == core::registration_state::voided;
    std::string said = voided ? std::string(either(lang, "취소됨", "taken back"))
                              : std::string(core::name_of(e.claim));
    for (const std::string_view flag : core::names_of(e.flags)) {
        said.append(" ").append(flag);
    }
    const std::string pick = voided ? ""
                                    : "<input type=\"radio\" required name=\"pick\" value=\"" +
                                          pick_of(r.seq, r.version) + "\" aria-label=\"" + number +
                                          "\">";
    // "2016-10-04T09:12:00.000+09:00": the clock of it.
    return std::string(voided ? "<tr class=\"void\">" : "<tr>") + "<td>" + pick + "</td>" +
           cell(core::format_instant(e.occurred_at, zone).substr(11, 5)) + cell(number) +
           cell(name) + cell(api.state.lot(e.lot).lot.view()) + cell(said) + "</tr>";
}

reply render_list(core::outcome&& outcome, const render_context& context, api_context& api) {
    const language lang = context.lang;
    if (const auto* refused = std::get_if<core::refusal>(&outcome)) {
        return page_problem(*refused, context, api);
    }
    const core::registration_page& list = *std::get<core::registration_list>(outcome).page;
    const std::string back = link_to(lang, "/", "접종 화면", "Back", 'b');
    if (list.rows.empty()) {
        return page(
            lang, 200,
            answer_box("ask", either(lang, "오늘 등록이 없습니다", "Nothing was registered today"),
                       ""),
            back, "", "");
    }
    std::string rows;
    for (const core::listed_registration& r : list.rows) {
        rows += table_row(r, lang, api);
    }
    const std::string more = list.next == 0
                                 ? ""
                                 : link_to(lang, "/page/list?cursor=" + registration_id(list.next),
                                           "더 보기", "More", 'm');
    const std::string heads(either(lang,
                                   "<tr><th></th><th>시각</th><th>번호</th><th>이름</th>"
                                   "<th>제조번호</th><th>상태</th></tr>",
                                   "<tr><th></th><th>Time</th><th>Number</th><th>Name</th>"
                                   "<th>Lot</th><th>State</th></tr>"));
    // Enter presses a form's first button, so that is the one which does the less harm.
    return page(lang, 200, "",
                "<form class=\"undo\" method=\"post\" action=\"/page/correct\">" +
                    hidden("lang", either(lang, "ko", "en")) + "<div class=\"list\"><table>" +
                    heads + rows + "</table></div>" + lot_correction(lang) + void_choice(lang) +
                    "</form>" + more + back,
                escape_html(api.state.clinic(list.rows.front().dose.clinic).name), "");
}

reply render_void(core::outcome&& outcome, const render_context& context, api_context& api) {
    const language lang = context.lang;
    if (const auto* refused = std::get_if<core::refusal>(&outcome)) {
        reply r = page_problem(*refused, context, api);
        return r;
    }
    const auto& receipt = std::get<core::void_receipt>(outcome);
    const std::string facts = "<dl><dt>" + std::string(either(lang, "번호", "Registration")) +
                              "</dt><dd>" + registration_id(receipt.registration) + "</dd></dl>";
    return page(lang, 200,
                answer_box("yes", either(lang, "등록이 취소되었습니다", "Taken back"), facts),
                check_form(lang, "") + link_to_list(lang),
                escape_html(api.state.clinic(receipt.clinic).name),
                remaining_text(lang, receipt.remaining));
}

reply render_correction(core::outcome&& outcome, const render_context& context, api_context& api) {
    const language lang = context.lang;
    if (const auto* refused = std::get_if<core::refusal>(&outcome)) {
        return page_problem(*refused, context, api);
    }
    const auto& receipt = std::get<core::correction_receipt>(outcome);
    std::string said(core::name_of(receipt.claim));
    for (const std::string_view flag : core::names_of(receipt.flags)) {
        said.append(" ").append(flag);
    }
    const std::string facts = "<dl><dt>" + std::string(either(lang, "번호", "Registration")) +
                              "</dt><dd>" + registration_id(receipt.registration) + "</dd><dt>" +
                              std::string(either(lang, "상태", "State")) + "</dt><dd>" + said +
                              "</dd></dl>";
    return page(lang, 200, answer_box("yes", either(lang, "정정되었습니다", "Corrected"), facts),
                check_form(lang, "") + link_to_list(lang),
                escape_html(api.state.clinic(receipt.clinic).name),
                remaining_text(lang, receipt.remaining));
}

reply refused(const call& c, errc code) {
    render_context context;
    context.lang = c.lang;
    return page_problem(core::refusal{code, "", 0, std::nullopt}, context, c.api);
}

}  // namespace

std::string pick_of(core::sequence registration, core::version_number version) {
    return registration_id(registration) + '.' + std::to_string(version);
}

std::string link_to_list(language lang) {
    return link_to(lang, "/page/list", "오늘 목록 (Alt+L)", "Today's list (Alt+L)", 'l');
}

answer show_list(call& c) {
    const form_fields query(c.req.query);
    c.lang = form_language(query, c.lang);
    core::list_registrations command;
    command.by = c.actor();
    command.day = core::day_at(c.api.now, core::totals_zone(c.api.state.programmes()));
    if (const std::string_view cursor = query["cursor"]; !cursor.empty()) {
        const auto before = parse_registration_id(cursor);
        if (!before) {
            return refused(c, errc::not_found);
        }
        command.before = *before;
    }
    if (c.mode() == core::mode::read_only) {
        return refused(c, errc::read_only);
    }
    render_context context;
    context.lang = c.lang;
    context.page = true;
    return pending{std::move(command), render_list, context};
}

answer post_void(call& c) {
    const form_fields form(c.req.body);
    c.lang = form_language(form, c.lang);
    if (!same_origin(c)) {
        return ask_for_code(c);
    }
    const auto pick = read_pick(form["pick"]);
    const auto reason = core::void_reason_named(form["reason"]);
    if (!pick || !reason) {
        return refused(c, errc::bad_field);
    }
    if (c.mode() == core::mode::read_only) {
        return refused(c, errc::read_only);
    }
    render_context context;
    context.lang = c.lang;
    context.page = true;
    return pending{
        core::void_registration{c.actor(), pick->registration, pick->version, *reason, nullptr},
        render_void, context};
}

// Of a shot of the same day, which needs no reason.
answer post_correct(call& c) {
    const form_fields form(c.req.body);
    c.lang = form_language(form, c.lang);
    if (!same_origin(c)) {
        return ask_for_code(c);
    }
    const auto pick = read_pick(form["pick"]);
    const std::string_view lot = form["lot"];
    if (!pick || lot.size() > core::limits::lot_bytes_max || !api::is_code(lot)) {
        return refused(c, errc::bad_field);
    }
    if (c.mode() == core::mode::read_only) {
        return refused(c, errc::read_only);
    }
    core::correct_registration command;
    command.by = c.actor();
    command.seq = pick->registration;
    command.version = pick->version;
    command.lot = core::lot_text(lot);
    if (!form["confirm"].empty()) {
        command.confirmed = core::confirm_expired | core::confirm_recalled;
    }
    api::fingerprint_content(c, command, "");
    render_context context;
    context.lang = c.lang;
    context.page = true;
    return pending{std::move(command), render_correction, context};
}

}  // namespace doseline::net
