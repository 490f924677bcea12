#include "engine/core/worker.hpp"

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/error.hpp"
#include "engine/core/thread_place.hpp"

namespace tonus {
namespace {

/// Writes its number down at each step, so that a schedule can be compared with another.
class Scribe final : public Worker {
public:
    Scribe(int number, int n_steps, std::vector<int>& book)
        : number_(number), n_left_(n_steps), book_(book) {}

    std::string_view name() const noexcept override { return "scribe"; }
    Next step() noexcept override {
        book_.push_back(number_);
        return --n_left_ == 0 ? Next::done : Next::again;
    }
    Doorbell& doorbell() noexcept override { return bell_; }

private:
    int number_;
    int n_left_;
    std::vector<int>& book_;
    Doorbell bell_;
};

std::vector<int> schedule_of(std::uint64_t seed) {
    std::vector<int> book;
    Scribe a{0, 20, book}, b{1, 20, book}, c{2, 20, book};
    VirtualClock clock;
    run_simulated(std::vector<Worker*>{&a, &b, &c}, clock, seed);
    return book;
}

TEST(SimRunner, RepeatsTheScheduleOfASeedAndDrawsAnotherForAnother) {
    const std::vector<int> first = schedule_of(1);
    EXPECT_EQ(first.size(), 60u);
    EXPECT_EQ(schedule_of(1), first);
    std::set<std::vector<int>> schedules;
    for (std::uint64_t seed = 0; seed < 100; ++seed) schedules.insert(schedule_of(seed));
    EXPECT_EQ(schedules.size(), 100u);
}

// Neither strict turns nor one after the other: a worker is starved now and then.
TEST(SimRunner, LetsAWorkerStepTwiceWhileAnotherIsHeldBack) {
    bool starved = false;
    for (std::uint64_t seed = 0; seed < 20 && !starved; ++seed) {
        const std::vector<int> book = schedule_of(seed);
        int n_ahead = 0;
        for (const int number : book) {
            n_ahead += number == 0 ? 1 : number == 1 ? -1 : 0;
            starved = starved || n_ahead >= 3;
        }
    }
    EXPECT_TRUE(starved);
}

/// Is done once the clock says so.
class Sleeper final : public Worker {
public:
    Sleeper(const VirtualClock& clock, std::int64_t until_ns) : clock_(clock), until_ns_(until_ns) {}

    std::string_view name() const noexcept override { return "sleeper"; }
    void enter() noexcept override { ++n_entered; }
    Next step() noexcept override {
        return clock_.now_ns() >= until_ns_ ? Next::done : Next::wait;
    }
    Doorbell& doorbell() noexcept override { return bell_; }

    int n_entered = 0;

private:
    const VirtualClock& clock_;
    std::int64_t until_ns_;
    Doorbell bell_;
};

TEST(SimRunner, MovesTheClockOnlyWhenAllWait) {
    VirtualClock clock;
    Sleeper early{clock, 5'000'000}, late{clock, 3'600'000'000'000};
    run_simulated(std::vector<Worker*>{&early, &late}, clock, 1, std::chrono::milliseconds{100});
    EXPECT_EQ(clock.now_ns(), 3'600'000'000'000);
    EXPECT_EQ(early.n_entered, 1);

    std::vector<int> book;
    Scribe busy{0, 50, book};
    VirtualClock idle;
    run_simulated(std::vector<Worker*>{&busy}, idle, 1);
    EXPECT_EQ(idle.now_ns(), 0);
}

/// Passes a ball to its partner and waits for it to come back.
class Player final : public Worker {
public:
    Player(std::atomic<int>& ball, int parity, int n_passes)
        : ball_(ball), parity_(parity), n_passes_(n_passes) {}

    void plays_with(Player& partner) noexcept { partner_ = &partner; }

    std::string_view name() const noexcept override { return "a name of more than 15 letters"; }
    void enter() noexcept override { thread = std::this_thread::get_id(); }
    Next step() noexcept override {
        const int ball = ball_.load(std::memory_order_acquire);
        if (ball >= n_passes_) return Next::done;
        if (ball % 2 != parity_) return Next::wait;
        ball_.store(ball + 1, std::memory_order_release);
        partner_->bell_.ring();
        return Next::again;
    }
    Doorbell& doorbell() noexcept override { return bell_; }
    std::chrono::nanoseconds wait_at_most() const noexcept override { return std::chrono::hours{1}; }

    std::thread::id thread;

private:
    std::atomic<int>& ball_;
    int parity_;
    int n_passes_;
    Player* partner_ = nullptr;
    Doorbell bell_;
};

// With a wait of an hour, one lost wake-up would hang this test.
TEST(ThreadRunner, GivesEachWorkerAThreadAndWakesItByItsBell) {
    std::atomic<int> ball{0};
    Player one{ball, 0, 20'000}, two{ball, 1, 20'000};
    one.plays_with(two);
    two.plays_with(one);
    run_on_threads(std::vector<Worker*>{&one, &two});
    EXPECT_EQ(ball.load(), 20'000);
    EXPECT_NE(one.thread, two.thread);
    EXPECT_NE(one.thread, std::this_thread::get_id());
}

/// Notes where it runs, and whether it was let in before the start.
class Placed final : public Worker {
public:
    Placed(ThreadWish wish, const std::atomic<bool>& started) : wish_(wish), started_(started) {}

    std::string_view name() const noexcept override { return "placed"; }
    ThreadWish thread_wish() const noexcept override { return wish_; }
    void enter() noexcept override { was_early = !started_.load(); }
    void leave() noexcept override { ++n_left; }
    Next step() noexcept override {
        cpus = usable_cpus();
        return ++n_steps < 100 ? Next::wait : Next::done;
    }
    Doorbell& doorbell() noexcept override { return bell_; }
    std::chrono::nanoseconds wait_at_most() const noexcept override { return std::chrono::milliseconds{1}; }

    std::vector<int> cpus;
    bool was_early = false;
    int n_steps = 0, n_left = 0;

private:
    ThreadWish wish_;
    const std::atomic<bool>& started_;
    Doorbell bell_;
};

TEST(ThreadRunner, GivesACoreToTheOneThatWishesForIt) {
    const std::vector<int> usable = usable_cpus();
    ASSERT_FALSE(usable.empty());
    std::atomic<bool> started{false};
    Placed alone{{.cpu = usable.back()}, started}, other{{}, started};
    run_on_threads(std::vector<Worker*>{&alone, &other}, [&] { started = true; });
    EXPECT_EQ(alone.cpus, std::vector<int>{usable.back()});
    const std::vector<int> rest(usable.begin(), usable.end() - 1);
    EXPECT_EQ(other.cpus, rest.empty() ? usable : rest);
    EXPECT_FALSE(alone.was_early || other.was_early) << "no step before all threads are there";
    EXPECT_EQ(alone.n_left + other.n_left, 2);
    EXPECT_EQ(usable_cpus(), usable) << "the caller's own cores stay as they were";
}

TEST(ThreadRunner, StartsNobodyWhenTheStartFails) {
    std::atomic<bool> started{true};
    Placed a{{}, started}, b{{}, started};
    EXPECT_THROW(run_on_threads(std::vector<Worker*>{&a, &b}, [] { throw run_error("no device"); }), Error);
    EXPECT_EQ(a.n_steps + b.n_steps, 0);
}

std::string refusal(const ThreadWish& wish) {
    try {
        check_thread_wish(wish);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

TEST(ThreadRunner, SaysWhichWishesCannotBe) {
    EXPECT_EQ(refusal({}), "");
    EXPECT_NE(refusal({.cpu = 1000}).find("core 1000 is not one this process may use"), std::string::npos);
    if (usable_cpus().size() > 1) {
        EXPECT_EQ(refusal({.spins = true}), "");
        EXPECT_NE(refusal({.spins = true, .realtime_priority = 50}).find("--spin and --realtime"), std::string::npos);
    } else {
        EXPECT_NE(refusal({.spins = true}).find("only one"), std::string::npos);
    }
}

TEST(ThreadRunner, ReturnsAtOnceWithoutWorkers) {
    run_on_threads({});
    VirtualClock clock;
    run_simulated({}, clock, 1);
    EXPECT_EQ(clock.now_ns(), 0);
}

}  // namespace
}  // namespace tonus
