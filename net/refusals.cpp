#include "net/refusals.hpp"

#include "net/reply_head.hpp"
#include "net/texts.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace doseline::net {

namespace {

prebuilt_reply make(language lang, std::size_t seconds) {
    const std::string_view code = core::code_name(core::errc::wait);
    reply r;
    r.status = core::http_status(core::errc::wait);
    r.content_type = "application/problem+json";
    r.body = boost::json::serialize(boost::json::object{
        {"code", code},
        {"status", r.status},
        {"title", code},
        {"detail", unread_text(lang)},
    });
    r.add_field(http::field::retry_after, std::to_string(seconds));
    prebuilt_reply made;
    append_fields(made.fields, r);
    made.body = std::move(r.body);
    return made;
}

}  // namespace

unread_refusals::unread_refusals() {
    for (std::size_t seconds = 1; seconds <= made_[0].size(); ++seconds) {
        made_[0][seconds - 1] = make(language::korean, seconds);
        made_[1][seconds - 1] = make(language::english, seconds);
    }
}

reply unread_refusals::wait(language lang, std::chrono::seconds come_again) const noexcept {
    reply r;
    r.status = core::http_status(core::errc::wait);
    r.prebuilt =
        &made_[lang == language::english ? 1 : 0][static_cast<std::size_t>(come_again.count()) - 1];
    return r;
}

}  // namespace doseline::net
