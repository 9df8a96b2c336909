#include "net/page_parts.hpp"

#include "net/web_files.hpp"

#include <initializer_list>
#include <tuple>
#include <utility>

namespace doseline::net {

namespace {

std::string fill(std::string_view pattern,
                 std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
    std::string page(pattern);
    for (const auto& [name, value] : values) {
        const std::string place = "{{" + std::string(name) + "}}";
        for (std::size_t at = page.find(place); at != std::string::npos;
             at = page.find(place, at + value.size())) {
            page.replace(at, place.size(), value);
        }
    }
    return page;
}

}  // namespace

std::string_view either(language lang, std::string_view korean, std::string_view english) {
    return lang == language::korean ? korean : english;
}

const static_page& style_sheet() {
    static const static_page sheet(web_file("page.css"), "text/css; charset=utf-8",
                                   "public, max-age=31536000, immutable", "");
    return sheet;
}

std::string page_text(language lang, std::string_view said, std::string_view form,
                      std::string_view clinic, std::string_view remaining) {
    return fill(web_file("page.html"), {{"lang", either(lang, "ko", "en")},
                                        {"style", style_sheet().version()},
                                        {"other_lang", either(lang, "en", "ko")},
                                        {"other_lang_name", either(lang, "English", "한국어")},
                                        {"clinic", clinic},
                                        {"answer", said},
                                        {"form", form},
                                        {"remaining", remaining}});
}

reply page(language lang, unsigned status, std::string_view said, std::string_view form,
           std::string_view clinic, std::string_view remaining) {
    reply r;
    r.status = status;
    r.content_type = html_type;
    r.body = page_text(lang, said, form, clinic, remaining);
    return r;
}

std::string answer_box(std::string_view kind, std::string_view title, std::string_view rest) {
    return "<div class=\"answer " + std::string(kind) + "\" role=\"status\"><h2>" +
           escape_html(title) + "</h2>" + std::string(rest) + "</div>";
}

std::string hidden(std::string_view name, std::string_view value) {
    return "<input type=\"hidden\" name=\"" + std::string(name) + "\" value=\"" +
           escape_html(value) + "\">";
}

std::string cell(std::string_view text) { return "<td>" + escape_html(text) + "</td>"; }

std::string check_form(language lang, std::string_view typed) {
    return std::string("<form method=\"post\" action=\"/page/check\"><label for=\"id\">") +
           std::string(either(lang, "주민등록번호 13자리", "National id, 13 digits")) +
           "</label><input type=\"text\" id=\"id\" name=\"national_id\" inputmode=\"numeric\" "
           "autofocus required autocomplete=\"off\" maxlength=\"14\" value=\"" +
           escape_html(typed) + "\">" + hidden("lang", either(lang, "ko", "en")) + "<br><button>" +
           std::string(either(lang, "확인", "Check")) + "</button></form>";
}

std::string void_choice(language lang) {
    std::string options;
    for (const auto& [value, korean, english] :
         {std::tuple{"NOT_GIVEN", "접종하지 않음", "not given"},
          {"WRONG_PERSON", "다른 사람", "wrong person"},
          {"DOUBLE_ENTRY", "두 번 입력", "entered twice"},
          {"OTHER", "기타", "other"}}) {
        options += "<option value=\"" + std::string(value) + "\">" +
                   std::string(either(lang, korean, english)) + "</option>";
    }
    return "<label for=\"reason\">" + std::string(either(lang, "취소 사유", "Why")) +
           "</label><select id=\"reason\" name=\"reason\">" + options +
           "</select> <button class=\"undo\" accesskey=\"z\" formaction=\"/page/void\">" +
           std::string(either(lang, "등록 취소 (Alt+Z)", "Take back (Alt+Z)")) + "</button>";
}

std::string lot_correction(language lang) {
    return "<div><label for=\"lot\">" + std::string(either(lang, "제조번호", "Lot")) +
           "</label><input class=\"small\" id=\"lot\" name=\"lot\" maxlength=\"20\" "
           "pattern=\"[A-Za-z0-9\\-]*\" title=\"A-Z 0-9 -\"> <label><input type=\"checkbox\" "
           "name=\"confirm\" value=\"yes\">" +
           std::string(either(lang, "유효기간이 지났거나 중지된 백신을 놓음",
                              "given though expired or recalled")) +
           "</label><button class=\"undo\" accesskey=\"c\">" +
           std::string(either(lang, "제조번호 정정 (Alt+C)", "Correct the lot (Alt+C)")) +
           "</button></div>";
}

std::string remaining_text(language lang, std::int64_t doses) {
    return std::string(either(lang, "남은 백신: ", "Vaccine left: ")) + std::to_string(doses);
}

std::string link_to(language lang, std::string_view path, std::string_view korean,
                    std::string_view english, char access_key) {
    const bool asks = path.find('?') != std::string_view::npos;
    return "<a class=\"next\" accesskey=\"" + std::string(1, access_key) + "\" href=\"" +
           std::string(path) + (asks ? "&amp;" : "?") +
           "lang=" + std::string(either(lang, "ko", "en")) + "\">" +
           std::string(either(lang, korean, english)) + "</a> ";
}

bool same_origin(const call& c) {
    return c.req.origin.empty() || c.req.origin == "https://" + std::string(c.req.host);
}

language form_language(const form_fields& form, language by_header) {
    const std::string_view named = form["lang"];
    return named == "ko" ? language::korean : named == "en" ? language::english : by_header;
}

}  // namespace doseline::net
