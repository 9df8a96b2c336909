#include "net/texts.hpp"

#include <algorithm>

namespace doseline::net {

namespace {

using core::decision;
using core::errc;

struct texts {
    std::string_view korean;
    std::string_view english;
};

constexpr texts of(errc e) noexcept {
    switch (e) {
        case errc::bad_json:
            return {"요청 본문이 JSON 객체가 아닙니다. 프로그램 공급자에게 알려 주세요.",
                    "The body is not a JSON object. Tell the maker of your software."};
        case errc::key_missing:
            return {"Idempotency-Key가 없습니다. 접종이나 재고 입력 1건마다 새 UUID를 붙여 주세요.",
                    "Idempotency-Key is missing: send a new UUID with each shot or movement."};
        case errc::key_invalid:
            return {"Idempotency-Key가 UUID가 아닙니다.", "Idempotency-Key is not a UUID."};
        case errc::bad_field:
            return {"이 항목의 값을 확인해 주세요.", "Please check the value of this field."};
        case errc::unknown_field:
            return {"알 수 없는 항목입니다. 항목 이름을 확인해 주세요.",
                    "This field is not known: check its name."};
        case errc::id_invalid:
            return {"주민등록번호 앞자리 날짜가 없는 날짜이거나 13자리가 아닙니다.",
                    "Not a national id: 13 digits that begin with a real date are needed."};
        case errc::future_date:
            return {"일시가 지금보다 뒤입니다. 날짜를 고쳐 주세요.",
                    "This time lies in the future: correct it."};
        case errc::key_reused:
            return {"다른 내용이 같은 번호로 왔습니다. 새로 입력해 주세요.",
                    "This key was used for other content: enter it again with a new key."};
        case errc::auth_required:
            return {"다시 로그인해 주세요. 입력한 내용은 남아 있습니다.",
                    "Please log in again. What you typed is kept."};
        case errc::not_found:
            return {"찾을 수 없습니다. 번호나 주소를 확인해 주세요.",
                    "Not found: check the number or the address."};
        case errc::method_not_allowed:
            return {"이 주소에 쓸 수 없는 방식입니다.", "This address does not take this method."};
        case errc::lot_expired:
            return {"유효기간이 지난 백신입니다. 이미 놓았으면 확인을 붙여 다시 등록해 주세요.",
                    "This lot has expired. If the shot was given, send it again with confirm."};
        case errc::lot_recalled:
            return {
                "사용이 중지된 백신입니다. 놓지 마세요. 이미 놓았으면 확인을 붙여 등록해 주세요.",
                "This lot was recalled: do not use it. If the shot was given, send it again "
                "with confirm."};
        case errc::version_conflict:
            return {"다른 사람이 먼저 고쳤습니다. 다시 불러와 주세요.",
                    "Somebody changed it first: load it again."};
        case errc::version_missing:
            return {"If-Match가 없습니다. 등록을 불러온 뒤 그 ETag를 붙여 주세요.",
                    "If-Match is missing: load the registration and send its ETag."};
        case errc::claim_state:
            return {"지금 청구 상태에서는 할 수 없는 결정입니다. 등록을 다시 불러와 확인해 주세요.",
                    "A claim that stands so is not decided so: load the registration again and "
                    "look at its claim."};
        case errc::body_too_large:
            return {"요청이 너무 큽니다. 나누어 보내 주세요.",
                    "The request is too large: send it in parts."};
        case errc::unsupported_type:
            return {"Content-Type이 application/json이어야 합니다.",
                    "Content-Type must be application/json."};
        case errc::rate:
            return {"요청이 너무 잦습니다. 잠시 뒤에 다시 시도해 주세요.",
                    "Too many requests: wait a little and try again."};
        case errc::wait:
            return {"지금 접속이 많습니다. 접종은 먼저 하셔도 되며, 잠시 뒤에 다시 보내 주세요.",
                    "The system is busy. You may vaccinate first; send this again shortly."};
        case errc::read_only:
            return {"지금은 저장할 수 없습니다. 접종은 하셔도 되며, 나중에 등록해 주세요.",
                    "Nothing can be stored now. You may vaccinate and register later."};
        case errc::code_used:
            return {"이미 사용한 등록 코드입니다. 새 코드를 받아 주세요.",
                    "This enrolment code was used before: ask for a new one."};
        case errc::expired:
            return {"기한이 지난 등록 코드입니다. 새 코드를 받아 주세요.",
                    "This enrolment code has expired: ask for a new one."};
        case errc::limit_reached:
            return {"기록이 너무 많아 처리할 수 없습니다. 보건소에 문의해 주세요.",
                    "There are too many records for this: ask the health centre."};
        case errc::already_exists:
            return {"이미 그대로 등록되어 있습니다.", "It is registered like that already."};
        case errc::not_on_hand:
            return {"장부 재고보다 많습니다. 입고를 확인하거나 실사 수량을 먼저 입력해 주세요.",
                    "More than is on hand: confirm a delivery or enter a count first."};
        case errc::not_in_suspense:
            return {
                "보류에 그만큼 없습니다. 재고 목록에서 제조번호와 수량을 확인해 주세요.",
                "Fewer than that stand in suspense: look for lot and number in the stock list."};
        case errc::correct_instead:
            return {"제조번호가 틀렸으면 취소하지 말고 정정해 주세요.",
                    "For a wrong lot do not void the registration: correct it."};
        case errc::nothing_changed:
            return {"이미 그렇게 등록되어 있습니다. 고칠 항목과 값을 확인해 주세요.",
                    "It is registered like that already: check which fields to correct."};
        case errc::reason_missing:
            return {"등록한 날이 지났거나 다른 기관의 등록이면 정정 사유가 필요합니다.",
                    "A reason is needed after the day of registration, and for another clinic's."};
        case errc::person_needed:
            return {"접종 일시를 고치려면 같은 사람의 주민등록번호를 함께 보내 주세요.",
                    "To correct the time send the person's national_id as well: it is judged by "
                    "the date of birth."};
        case errc::other_person:
            return {
                "등록된 사람의 주민등록번호가 아닙니다. 번호를 확인하고, 다른 사람이면 취소한 "
                "뒤 다시 등록해 주세요.",
                "This is not the registered person's number: check it. For a wrong person "
                "void the registration and register the shot again."};
        case errc::person_stays:
            return {"사람은 정정할 수 없습니다. 사람이 틀렸으면 취소한 뒤 다시 등록해 주세요.",
                    "Who it was is not corrected: void the registration and register the shot "
                    "again."};
        case errc::after_recording:
            return {"접종 일시가 등록 일시보다 뒤입니다. 날짜를 고쳐 주세요.",
                    "A shot is given before it is registered: correct this time."};
        case errc::book_closed:
            return {"이미 마감된 연도의 등록이라 고치거나 취소할 수 없습니다.",
                    "This registration stands in a closed book and can be seen, not changed."};
        case errc::claim_own:
            return {"자기 기관의 청구는 결정할 수 없습니다. 관할 보건소에 문의해 주세요.",
                    "Nobody decides on a claim of its own: ask the health centre of the region."};
        case errc::claim_private:
            return {
                "본인이 부담한 접종은 청구 대상이 아닙니다. 잘못 등록했으면 funding을 먼저 "
                "정정해 주세요.",
                "What the patient paid for is not claimed: if it was registered so by "
                "mistake, correct its funding first."};
        case errc::claim_duplicate:
            return {"중복 접종은 이력을 확인할 수 없었던 경우(COULD_NOT_KNOW)에만 인정합니다.",
                    "A duplicate is accepted only where the clinic could not know of the dose "
                    "before: COULD_NOT_KNOW."};
        case errc::schedule_full:
            return {
                "이 사람의 다른 접종이 이미 모두 상환 대상입니다. 그 접종을 먼저 취소하거나 "
                "불인정한 뒤 다시 결정해 주세요.",
                "The person's other doses fill the programme's schedule: of these one must be "
                "voided or rejected before this one is paid."};
        case errc::day_forgotten:
            return {"최근 8일(오늘과 지난 7일)의 날짜만 쓸 수 있습니다.",
                    "Only today and the seven days before it can be named here."};
        case errc::bad_request:
        case errc::out_of_range:
        case errc::malformed: break;
    }
    return {"요청을 처리할 수 없습니다.", "The request cannot be served."};
}

constexpr texts of(decision d) noexcept {
    switch (d) {
        case decision::already_vaccinated:
            return {
                "이번 절기에 이미 접종했습니다. 이미 놓았으면 그대로 등록하고 비용은 심사합니다.",
                "Vaccinated already this season. If the shot was given, register it; the claim "
                "is reviewed."};
        case decision::not_eligible_age:
            return {"무료 대상이 아닙니다 (유료 접종 기록은 가능).",
                    "Not eligible for a free shot (a private dose may be recorded)."};
        case decision::not_yet:
            return {"아직 무료 기간이 아닙니다. 예외 사유가 있으면 선택해 주세요.",
                    "Not free yet. If there is an exception, name it."};
        case decision::closed_here:
            return {"이 기관에서는 접종 기간이 아닙니다. 보건소로 안내해 주세요.",
                    "Not given here now: send the person to a health centre."};
        case decision::in_progress_elsewhere:
            return {"다른 기관에서 확인 중입니다. 환자에게 물어봐 주세요.",
                    "Another clinic is checking this person now: ask the patient."};
        case decision::eligible_exception:
            return {"예외 사유로 접종할 수 있습니다. 증빙을 적어 주세요.",
                    "Eligible by exception: note the evidence."};
        case decision::eligible: return {"무료 접종 대상입니다.", "Eligible for a free shot."};
    }
    return {};
}

}  // namespace

std::string_view text_of(errc e, language lang) noexcept {
    return lang == language::korean ? of(e).korean : of(e).english;
}

std::string_view unread_text(language lang) noexcept {
    return lang == language::korean
               ? "지금 접속이 많아 내용을 읽지 못했습니다. 접종 대상 기간이면 접종은 먼저 하셔도 "
                 "되며, "
                 "잠시 뒤에 다시 보내 주세요."
               : "The system is busy and has not read this. If the person's phase is open you may "
                 "vaccinate first; send this again shortly.";
}

std::string_view text_of(decision d, language lang) noexcept {
    return lang == language::korean ? of(d).korean : of(d).english;
}

language language_of(std::string_view accept_language) noexcept {
    const std::size_t korean = std::min(accept_language.find("ko"), accept_language.find("KO"));
    const std::size_t english = std::min(accept_language.find("en"), accept_language.find("EN"));
    return english < korean ? language::english : language::korean;
}

}  // namespace doseline::net
