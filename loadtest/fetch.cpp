#include "loadtest/fetch.hpp"

#include "loadtest/client_loop.hpp"

#include <utility>

namespace doseline::loadtest {

namespace {

class fetching : public actor {
public:
    fetching(client_loop& loop, request what) : loop_(loop), what_(std::move(what)) {}

    std::optional<time_point> act(time_point now) override {
        if (!begun_) {
            begun_ = true;
            loop_.open();
        }
        if (over_) {
            return std::nullopt;
        }
        return now + answer_timeout;
    }
    void opened(connection_id id) override { loop_.send(id, std::move(what_)); }
    void answered(connection_id, const request&, const response& answer) override {
        given = fetched{answer.status, std::string(answer.body)};
        over_ = true;
    }
    void lost(connection_id, failure, const request*) override { over_ = true; }

    std::optional<fetched> given;

private:
    client_loop& loop_;
    request what_;
    bool begun_ = false;
    bool over_ = false;
};

}  // namespace

std::optional<fetched> fetch(const endpoint& server, const tls_client& tls, request what) {
    client_loop loop(server, tls);
    fetching once(loop, std::move(what));
    loop.run(once);
    return std::move(once.given);
}

}  // namespace doseline::loadtest
