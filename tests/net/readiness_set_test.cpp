#include "net/readiness_set.hpp"

#include "tests/net/lone_session.hpp"

#include <sys/eventfd.h>

#include <thread>

BOOST_AUTO_TEST_SUITE(readiness_set)

using namespace doseline;
using namespace std::chrono_literals;

namespace {

// More signals than a look reports, all of which are there before the first; whose they are is of
// no matter. The first of them come again during the second look.
struct fixture : test::lone_session {
    static constexpr int many = 300;
    static constexpr int come_again = 128;
    static constexpr auto each_look_takes = 2ms;

    struct look {
        int reported;
        bool more;
        std::chrono::nanoseconds unread;
    };

    fixture() {
        for (int n = 0; n < many; ++n) {
            signals.push_back(::eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC));
            set.add(signals.back(), *it);
        }
        set.start({[this](net::session&, std::uint32_t) {
                       ++reported;
                       return true;
                   },
                   [this](bool more, std::chrono::nanoseconds unread) {
                       looked(more, unread);
                       return false;
                   }});
        context.run();
    }
    ~fixture() {
        for (const int signal : signals) {
            set.remove(signal);
            ::close(signal);
        }
    }

    void looked(bool more, std::chrono::nanoseconds unread) {
        looks.push_back({std::exchange(reported, 0), more, unread});
        std::this_thread::sleep_for(each_look_takes);  // or longer: how long it takes is measured
        for (int n = 0; looks.size() == 2 && n < come_again; ++n) {
            BOOST_REQUIRE(::eventfd_write(signals[static_cast<std::size_t>(n)], 1) == 0);
        }
        if (!more) {
            set.stop();
        }
    }

    net::readiness_set set{context};
    std::vector<int> signals;
    std::vector<look> looks;
    int reported = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(it_tells_how_long_what_is_ready_waits_to_be_reported, fixture) {
    BOOST_REQUIRE(looks.size() == 4u);
    BOOST_TEST(looks[0].reported == 128);
    BOOST_TEST(looks[0].more);
    BOOST_TEST((looks[0].unread == 0ns));  // nobody knows yet
    BOOST_TEST(looks[1].reported == 128);
    BOOST_TEST((looks[1].unread >= each_look_takes));  // since the first, and who came then waits
    BOOST_TEST(looks[2].reported == 127);              // and the probe
    BOOST_TEST(looks[2].more);
    BOOST_TEST((looks[2].unread >= 2 * each_look_takes));
    BOOST_TEST(looks[3].reported == many + come_again - 128 - 128 - 127);
    BOOST_TEST(!looks[3].more);
    BOOST_TEST((looks[3].unread == 0ns));
}

BOOST_AUTO_TEST_SUITE_END()
