#include "net/page.hpp"

#include "net/api/checks.hpp"
#include "net/api/dose_request.hpp"
#include "net/api/registrations.hpp"
#include "net/api/session.hpp"
#include "net/json_fields.hpp"
#include "net/page_parts.hpp"
#include "net/problem.hpp"
#include "net/registration_id.hpp"
#include "net/texts.hpp"
#include "storage/openssl.hpp"

#include <algorithm>
#include <array>

namespace doseline::net {

namespace {

using core::errc;

std::string new_key() {
    constexpr std::string_view hex = "0123456789abcdef";
    std::array<std::byte, 16> random{};
    storage::openssl::random(random);
    random[6] = (random[6] & std::byte{0x0f}) | std::byte{0x40};
    random[8] = (random[8] & std::byte{0x3f}) | std::byte{0x80};
    std::string text;
    for (std::size_t i = 0; i < random.size(); ++i) {
        text += i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "";
        text += hex[std::to_integer<unsigned>(random[i]) >> 4];
        text += hex[std::to_integer<unsigned>(random[i]) & 0xf];
    }
    return text;
}

std::string login_form(language lang) {
    return std::string("<form method=\"post\" action=\"/page/login\"><label for=\"code\">") +
           std::string(either(lang, "등록 코드", "Enrolment code")) +
           "</label><input type=\"text\" id=\"code\" name=\"code\" autofocus required "
           "autocomplete=\"off\" maxlength=\"64\">" +
           hidden("lang", either(lang, "ko", "en")) + "<br><button>" +
           std::string(either(lang, "이 PC 등록", "Enrol this PC")) + "</button></form>";
}

std::string exception_choice(language lang, const api_context& api, core::programme_number n) {
    std::string options = "<option value=\"\">" +
                          std::string(either(lang, "예외 없음", "no exception")) + "</option>";
    for (const core::exception_kind& e : api.state.programmes()[n]->exceptions) {
        const std::string code = escape_html(e.code);
        options += "<option value=\"" + code + "\">" + code;
        options += e.evidence_required ? either(lang, " (증빙 필요)", " (with evidence)") : "";
        options += "</option>";
    }
    return "<div><label for=\"ex\">" + std::string(either(lang, "예외 사유", "Exception")) +
           "</label><select id=\"ex\" name=\"exception\">" + options + "</select></div>" +
           "<div><label for=\"ev\">" + std::string(either(lang, "증빙", "Evidence")) +
           "</label><input class=\"small\" id=\"ev\" name=\"evidence\" maxlength=\"200\"></div>";
}

// The button has the focus only where a shot is right: Enter must not register by mistake.
std::string register_form(const render_context& context, const api_context& api,
                          core::programme_number n, bool focus, std::string_view extra) {
    const language lang = context.lang;
    return "<form method=\"post\" action=\"/page/register\">" +
           hidden("national_id", context.number.view()) + hidden("key", new_key()) +
           hidden("lang", either(lang, "ko", "en")) + "<div class=\"fields\">" +
           exception_choice(lang, api, n) + "<div><label for=\"lot\">" +
           std::string(either(lang, "제조번호 (비우면 자동)", "Lot (empty: automatic)")) +
           "</label><input class=\"small\" id=\"lot\" name=\"lot\" maxlength=\"20\" "
           "pattern=\"[A-Za-z0-9\\-]*\" title=\"A-Z 0-9 -\"></div></div>" +
           std::string(extra) + (focus ? "<button autofocus>" : "<button>") +
           std::string(either(lang, "접종 등록", "Register the shot")) + "</button></form>";
}

// What a PC without a token sees.
const static_page& login_page(language lang) {
    const auto make = [](language l) {
        return static_page(page_text(l, "", login_form(l), "", ""), html_type, "no-cache",
                           "Cookie, Authorization, Accept-Language");
    };
    static const static_page korean = make(language::korean);
    static const static_page english = make(language::english);
    return lang == language::korean ? korean : english;
}

// With what is on its way and is to be confirmed, and what was given that nothing explains yet.
std::string stock_text(language lang, const std::vector<core::stock_row>& rows) {
    std::int64_t left = 0;
    std::int64_t in_transit = 0;
    std::int64_t unexplained = 0;
    for (const core::stock_row& row : rows) {
        left += row.on_hand + row.suspense;
        in_transit += row.in_transit;
        unexplained -= std::min(row.suspense, 0);
    }
    std::string text = remaining_text(lang, left);
    if (in_transit != 0) {
        text += either(lang, " · 입고 확인 대기: ", " · to be confirmed: ");
        text += std::to_string(in_transit);
    }
    if (unexplained != 0) {
        text += either(lang, " · 제조번호·입고 미확인 접종: ", " · given, of no known delivery: ");
        text += std::to_string(unexplained);
    }
    return text;
}

}  // namespace

answer show_page(call& c) {
    if (c.req.query == "lang=en") {
        c.lang = language::english;
    } else if (c.req.query == "lang=ko") {
        c.lang = language::korean;
    }
    if (c.who.device == 0) {
        return login_page(c.lang).answer(c.req);
    }
    c.api.state.read_stock(c.who.clinic, c.api.rows);
    return page(c.lang, 200, "",
                check_form(c.lang, "") + link_to_list(c.lang) + link_to_day(c.lang),
                escape_html(c.clinic().name), stock_text(c.lang, c.api.rows));
}

answer show_style(call& c) { return style_sheet().answer(c.req); }

reply ask_for_code(const call& c) {
    return page(c.lang, 401, answer_box("no", text_of(errc::auth_required, c.lang), ""),
                login_form(c.lang), "", "");
}

answer post_login(call& c) {
    const form_fields form(c.req.body);
    c.lang = form_language(form, c.lang);
    if (!same_origin(c)) {
        return ask_for_code(c);
    }
    return api::exchange_code(c, form["code"].substr(0, enrolment_codes::typed_bytes_max), true);
}

answer post_check(call& c) {
    const form_fields form(c.req.body);
    c.lang = form_language(form, c.lang);
    api::person_fields p;
    if (!same_origin(c)) {
        return ask_for_code(c);
    }
    if (auto id = core::national_id::parse(form["national_id"])) {
        p.id = *id;
        return api::ask_check(c, p, true);
    }
    return page(c.lang, 422, answer_box("no", text_of(errc::id_invalid, c.lang), ""),
                check_form(c.lang, form["national_id"].substr(0, 14)), escape_html(c.clinic().name),
                "");
}

answer post_register(call& c) {
    const form_fields form(c.req.body);
    c.lang = form_language(form, c.lang);
    api::person_fields p;
    if (auto id = core::national_id::parse(form["national_id"])) {
        p.id = *id;
    }
    const auto key = api::read_key(form["key"]);
    const std::string_view lot = form["lot"];
    const std::string_view exception = form["exception"];
    const std::string_view evidence = form["evidence"];
    const auto evidence_size = characters_of(evidence);
    if (!same_origin(c) || !p.id || !key || lot.size() > core::limits::lot_bytes_max ||
        (!lot.empty() && !api::is_code(lot)) ||
        exception.size() > core::limits::exception_code_bytes_max || !evidence_size ||
        *evidence_size > core::limits::evidence_characters_max) {
        return page(c.lang, 422, answer_box("no", text_of(errc::bad_field, c.lang), ""),
                    check_form(c.lang, form["national_id"].substr(0, 14)),
                    escape_html(c.clinic().name), "");
    }
    p.exception = core::exception_text(exception);
    core::register_dose command;
    command.lot = core::lot_text(lot);
    return api::send_registration(c, std::move(command), p, "", {"", evidence}, *key, true);
}

reply page_check(const core::check_answer& a, const render_context& context, api_context& api) {
    const language lang = context.lang;
    std::string facts;
    const auto fact = [&](std::string_view korean, std::string_view english, std::string value) {
        facts += "<dt>" + std::string(either(lang, korean, english)) + "</dt><dd>" +
                 escape_html(value) + "</dd>";
    };
    fact("번호", "Number",
         std::string(context.number.view().substr(0, 6)) + "-" +
             std::string(context.number.view().substr(6, 1)) + "******");
    if (a.opens) {
        fact("무료 시작", "Free from", core::format_day(*a.opens));
    }
    if (a.last_dose) {
        fact("지난 접종", "Last dose",
             core::format_day(a.last_dose->day) + " (" + api::region_text(a.last_dose->region) +
                 ")");
    }
    if (context.checksum_warning) {
        fact("확인", "Note",
             std::string(either(lang, "번호를 한 번 더 확인해 주세요 (접종 가능)",
                                "Check the number once more (the shot may be given)")));
    }
    const std::string_view kind = core::may_vaccinate(a.decision)                       ? "yes"
                                  : a.decision == core::decision::in_progress_elsewhere ? "ask"
                                                                                        : "no";
    const std::string again =
        "<a class=\"next\" href=\"/?lang=" + std::string(either(lang, "ko", "en")) + "\">" +
        std::string(either(lang, "다음 사람", "Next person")) + "</a> ";
    return page(lang, 200, answer_box(kind, text_of(a.decision, lang), "<dl>" + facts + "</dl>"),
                register_form(context, api, a.programme, kind == "yes", again), "",
                remaining_text(lang, a.remaining));
}

reply page_registered(const core::dose_receipt& r, const render_context& context,
                      api_context& api) {
    const language lang = context.lang;
    std::string facts =
        "<dl><dt>" + std::string(either(lang, "접수번호", "Receipt")) + "</dt><dd>" +
        std::string(api.receipt.receipt_number(r.seq, r.recorded_at).view()) + "</dd>";
    std::string flags;
    for (const std::string_view name : core::names_of(r.flags)) {
        flags += (flags.empty() ? "" : ", ") + std::string(name);
    }
    if (!flags.empty()) {
        facts +=
            "<dt>" + std::string(either(lang, "표시", "Flags")) + "</dt><dd>" + flags + "</dd>";
    }
    facts += "<dt>" + std::string(either(lang, "비용", "Claim")) + "</dt><dd>" +
             std::string(core::name_of(r.claim)) + "</dd></dl>";
    const std::string undo = "<form class=\"undo\" method=\"post\" action=\"/page/void\">" +
                             hidden("pick", pick_of(r.seq, 1)) +
                             hidden("lang", either(lang, "ko", "en")) + void_choice(lang) +
                             "</form>";
    return page(lang, r.replayed ? 200 : 201,
                answer_box("yes", either(lang, "등록되었습니다", "Registered"), facts),
                check_form(lang, "") + undo + link_to_list(lang),
                escape_html(api.state.clinic(r.clinic).name), remaining_text(lang, r.remaining));
}

reply page_problem(const core::refusal& refused, const render_context& context, api_context&) {
    const reply as_problem = problem(refused, context);
    const bool of_login = refused.field == "code";
    reply r = page(
        context.lang, as_problem.status, answer_box("no", text_of(refused.code, context.lang), ""),
        of_login ? login_form(context.lang) : check_form(context.lang, context.number.view()), "",
        "");
    r.fields = as_problem.fields;
    r.by_mode = as_problem.by_mode;
    return r;
}

}  // namespace doseline::net
