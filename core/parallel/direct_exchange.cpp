// SPDX-License-Identifier: MIT
#include "core/parallel/direct_exchange.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <sched.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <random>
#include <thread>
#include <utility>

#include "core/parallel/collective_failure.h"

namespace switchyard::parallel {
namespace {

constexpr std::int64_t kLeastBytes = 64 << 10;
/// Read and added at once: stays in a core's own cache.
constexpr std::int64_t kChunkBytes = 256 << 10;
constexpr std::size_t kSlots = 64;
constexpr int kPolls = 300;  ///< before a waiting rank sleeps between two looks
constexpr auto kShortestSleep = std::chrono::microseconds(20), kLongestSleep = std::chrono::microseconds(500);

using Magic = std::array<std::uint64_t, 2>;

/// Counters of exchanges; each rank does all of them in the same order.
enum Counter : std::size_t { kStarted, kReduced, kFetched, kCounters };

/// Reads another process's memory. 0, or errno.
int readMemory(pid_t process, std::uint64_t address, void* to, std::size_t bytes) {
    auto* place = static_cast<std::uint8_t*>(to);
    while (bytes > 0) {
        iovec local{place, bytes}, remote{reinterpret_cast<void*>(address), bytes};
        const ssize_t done = process_vm_readv(process, &local, 1, &remote, 1, 0);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return done < 0 ? errno : EFAULT;
        place += done;
        address += static_cast<std::uint64_t>(done);
        bytes -= static_cast<std::size_t>(done);
    }
    return 0;
}

std::uint64_t addressOf(const at::Tensor& tensor) {
    return reinterpret_cast<std::uint64_t>(tensor.const_data_ptr());
}

std::uint8_t* bytesOf(const at::Tensor& tensor) {
    return static_cast<std::uint8_t*>(tensor.mutable_data_ptr());
}

bool allowed() {
    const char* value = std::getenv("SWITCHYARD_DIRECT_EXCHANGE");
    return value == nullptr || std::strcmp(value, "0") != 0;
}

}  // namespace

/// One exchange on the board.
struct DirectExchange::Slot {
    std::uint64_t input = 0;   ///< address of the tensor
    std::uint64_t places = 0;  ///< all-to-all: address of [ranks + 1] byte offsets into it
};

/// What a rank tells the others, who read it where it lies.
struct DirectExchange::Board {
    Magic magic{};  ///< a process of the same number that is not the peer does not have it
    std::array<std::atomic<std::uint64_t>, kCounters> counters{};
    std::array<Slot, kSlots> slots{};
};

struct DirectExchange::Peer {
    pid_t process = 0;
    std::uint64_t board = 0;
    Magic magic{};
};

struct DirectExchange::Exchange {
    enum class Kind { kAllReduce, kAllGather, kReduceScatter, kAllToAll };
    Kind kind;
    CollectiveName called;
    at::Tensor output, input;
    std::vector<std::int64_t> received;  ///< bytes from each rank
    std::vector<std::uint64_t> places;   ///< as Slot::places
    std::uint64_t number = 0;            ///< from 0, of this group

    /// Elements [begin, end) of an all-reduce that `rank` sums.
    std::pair<std::int64_t, std::int64_t> slice(std::int64_t rank, std::int64_t ranks) const {
        return {output.numel() * rank / ranks, output.numel() * (rank + 1) / ranks};
    }
};

/// Waiting does the exchange, and those before it.
class DirectExchange::Ticket final : public Pending {
public:
    Ticket(DirectExchange& of, std::uint64_t number) : of_(of), number_(number) {}
    void wait() override { of_.finish(number_); }

private:
    DirectExchange& of_;
    std::uint64_t number_;
};

DirectExchange::DirectExchange(int rank, std::vector<Peer> peers, std::unique_ptr<Board> board,
                               std::chrono::milliseconds timeout)
    : rank_(rank), peers_(std::move(peers)), board_(std::move(board)), timeout_(timeout) {}

DirectExchange::~DirectExchange() = default;

std::unique_ptr<DirectExchange> DirectExchange::make(Collectives& ranks, std::chrono::milliseconds timeout) {
    const int size = ranks.size();
    auto board = std::make_unique<Board>();
    std::random_device random;
    for (std::uint64_t& part : board->magic) part = (std::uint64_t{random()} << 32) | random();
    const at::Tensor own =
        at::tensor({static_cast<std::int64_t>(getpid()),
                    static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(board.get())),
                    static_cast<std::int64_t>(board->magic[0]), static_cast<std::int64_t>(board->magic[1])})
            .view({1, 4});
    const at::Tensor all = ranks.allGather(own, "direct_exchange.peers");
    std::vector<Peer> peers(static_cast<std::size_t>(size));
    bool good = allowed();
    for (int rank = 0; rank < size; ++rank) {
        const at::Tensor row = all[rank];
        const auto word = [&](std::int64_t i) { return static_cast<std::uint64_t>(row[i].item<std::int64_t>()); };
        Peer& peer = peers[static_cast<std::size_t>(rank)];
        peer = {static_cast<pid_t>(word(0)), word(1), {word(2), word(3)}};
        Magic found{};
        good = good && (rank == ranks.rank() ||
                        (readMemory(peer.process, peer.board, found.data(), sizeof found) == 0 && found == peer.magic));
    }
    // All or none; and no board goes before every rank has looked at it.
    at::Tensor without = at::full({1}, good ? 0.0 : 1.0, at::kDouble);
    ranks.allReduceSum(without, "direct_exchange.agreed");
    if (without.item<double>() > 0) return nullptr;
    return std::unique_ptr<DirectExchange>(
        new DirectExchange(ranks.rank(), std::move(peers), std::move(board), timeout));
}

bool DirectExchange::worthIt(const at::Tensor& tensor) {
    return static_cast<std::int64_t>(tensor.nbytes()) >= kLeastBytes;
}

std::unique_ptr<Pending> DirectExchange::allReduceSum(const at::Tensor& tensor, const char* name,
                                                      std::uint64_t sequence) {
    return start(std::make_unique<Exchange>(
        Exchange{Exchange::Kind::kAllReduce, {name, sequence, rank_}, tensor, tensor, {}, {}, 0}));
}

std::unique_ptr<Pending> DirectExchange::allGather(const at::Tensor& output, const at::Tensor& input, const char* name,
                                                   std::uint64_t sequence) {
    return start(std::make_unique<Exchange>(
        Exchange{Exchange::Kind::kAllGather, {name, sequence, rank_}, output, input, {}, {}, 0}));
}

std::unique_ptr<Pending> DirectExchange::reduceScatterSum(const at::Tensor& output, const at::Tensor& input,
                                                          const char* name, std::uint64_t sequence) {
    return start(std::make_unique<Exchange>(
        Exchange{Exchange::Kind::kReduceScatter, {name, sequence, rank_}, output, input, {}, {}, 0}));
}

std::unique_ptr<Pending> DirectExchange::allToAll(const at::Tensor& output, const at::Tensor& input,
                                                  const std::vector<std::int64_t>& received,
                                                  const std::vector<std::int64_t>& sent, const char* name,
                                                  std::uint64_t sequence) {
    const auto row = static_cast<std::int64_t>(input.element_size()) * input.stride(0);
    auto exchange = std::make_unique<Exchange>(
        Exchange{Exchange::Kind::kAllToAll, {name, sequence, rank_}, output, input, received, {0}, 0});
    for (std::int64_t& bytes : exchange->received) bytes *= row;
    for (const std::int64_t rows : sent)
        exchange->places.push_back(exchange->places.back() + static_cast<std::uint64_t>(rows * row));
    return start(std::move(exchange));
}

std::unique_ptr<Pending> DirectExchange::start(std::unique_ptr<Exchange> exchange) {
    while (open_.size() >= kSlots) finish(open_.front()->number);
    exchange->number = started_++;
    board_->slots[exchange->number % kSlots] = {addressOf(exchange->input),
                                                reinterpret_cast<std::uint64_t>(exchange->places.data())};
    board_->counters[kStarted].store(started_, std::memory_order_release);
    auto ticket = std::make_unique<Ticket>(*this, exchange->number);
    open_.push_back(std::move(exchange));
    return ticket;
}

void DirectExchange::finishAll() {
    if (!open_.empty()) finish(open_.back()->number);
}

void DirectExchange::finish(std::uint64_t number) {
    const at::NoGradGuard no_gradient;
    while (!open_.empty() && open_.front()->number <= number) {
        run(*open_.front());
        open_.pop_front();
    }
}

void DirectExchange::run(Exchange& exchange) {
    using Kind = Exchange::Kind;
    for (const Peer& peer : peers_) await(peer, kStarted, exchange);
    if (exchange.kind == Kind::kAllReduce || exchange.kind == Kind::kReduceScatter) reduceOwnSlice(exchange);
    board_->counters[kReduced].store(exchange.number + 1, std::memory_order_release);
    if (exchange.kind == Kind::kAllReduce) fetchSlices(exchange);
    if (exchange.kind == Kind::kAllGather) gather(exchange);
    if (exchange.kind == Kind::kAllToAll) receiveRows(exchange);
    board_->counters[kFetched].store(exchange.number + 1, std::memory_order_release);
    // The others may still be reading what is the caller's again after this.
    for (const Peer& peer : peers_) await(peer, kFetched, exchange);
}

void DirectExchange::reduceOwnSlice(const Exchange& exchange) {
    const auto ranks = static_cast<std::int64_t>(peers_.size());
    const bool scatter = exchange.kind == Exchange::Kind::kReduceScatter;
    const std::int64_t count = exchange.output.numel();
    const auto [begin, end] = scatter ? std::pair{rank_ * count, (rank_ + 1) * count} : exchange.slice(rank_, ranks);
    const at::Tensor own =
        scatter ? exchange.output.view({-1}) : exchange.output.view({-1}).narrow(0, begin, end - begin);
    if (scatter) own.copy_(exchange.input.view({-1}).narrow(0, begin, count));
    std::vector<std::uint64_t> addresses;
    for (const Peer& peer : peers_) addresses.push_back(isOwn(peer) ? 0 : slotOf(peer, exchange).input);
    const auto element = static_cast<std::int64_t>(own.element_size());
    const std::int64_t chunk = kChunkBytes / element, chunks = (own.numel() + chunk - 1) / chunk;
    std::atomic<int> problem{0};
    at::parallel_for(0, chunks, 1, [&, first_of_slice = begin](std::int64_t from, std::int64_t to) {
        const at::NoGradGuard no_gradient;
        const at::Tensor read = at::empty({std::min(chunk, own.numel())}, own.options());
        for (std::int64_t i = from; i < to; ++i) {
            const std::int64_t first = i * chunk, length = std::min(chunk, own.numel() - first);
            at::Tensor sum = own.narrow(0, first, length);
            const at::Tensor part = read.narrow(0, 0, length);
            for (std::size_t peer = 0; peer < peers_.size(); ++peer) {
                if (static_cast<int>(peer) == rank_) continue;
                const auto address = addresses[peer] + static_cast<std::uint64_t>((first_of_slice + first) * element);
                if (const int error = readMemory(peers_[peer].process, address, bytesOf(part), part.nbytes());
                    error != 0) {
                    problem = error;
                    return;
                }
                sum.add_(part);
            }
        }
    });
    if (problem != 0) failPeerLost(exchange.called, std::strerror(problem));
}

void DirectExchange::fetchSlices(const Exchange& exchange) {
    const std::size_t ranks = peers_.size(), element = exchange.output.element_size();
    for (std::size_t i = 1; i < ranks; ++i) {  // each rank begins with another, so that one is not read by all
        const std::size_t from = (static_cast<std::size_t>(rank_) + i) % ranks;
        const Peer& peer = peers_[from];
        await(peer, kReduced, exchange);
        const auto [begin, end] = exchange.slice(static_cast<std::int64_t>(from), static_cast<std::int64_t>(ranks));
        const std::size_t offset = static_cast<std::size_t>(begin) * element;
        read(peer, slotOf(peer, exchange).input + offset, bytesOf(exchange.output) + offset,
             static_cast<std::size_t>(end - begin) * element, exchange);
    }
}

void DirectExchange::gather(const Exchange& exchange) {
    const std::size_t ranks = peers_.size(), bytes = exchange.input.nbytes();
    std::uint8_t* out = bytesOf(exchange.output);
    std::memmove(out + static_cast<std::size_t>(rank_) * bytes, exchange.input.const_data_ptr(), bytes);
    for (std::size_t i = 1; i < ranks; ++i) {
        const std::size_t from = (static_cast<std::size_t>(rank_) + i) % ranks;
        read(peers_[from], slotOf(peers_[from], exchange).input, out + from * bytes, bytes, exchange);
    }
}

void DirectExchange::receiveRows(const Exchange& exchange) {
    const auto place = static_cast<std::size_t>(rank_);
    std::uint8_t* out = bytesOf(exchange.output);
    for (std::size_t from = 0; from < peers_.size(); ++from) {
        const auto bytes = static_cast<std::size_t>(exchange.received[from]);
        if (from == place) {
            const auto* own = static_cast<const std::uint8_t*>(exchange.input.const_data_ptr());
            if (bytes > 0) std::memcpy(out, own + exchange.places[place], bytes);
        } else {
            const Peer& peer = peers_[from];
            const Slot slot = slotOf(peer, exchange);
            std::array<std::uint64_t, 2> range{};
            read(peer, slot.places + place * sizeof range[0], range.data(), sizeof range, exchange);
            if (range[1] - range[0] != bytes) failPeerLost(exchange.called, "the ranks do not agree on the rows");
            read(peer, slot.input + range[0], out, bytes, exchange);
        }
        out += bytes;
    }
}

bool DirectExchange::isOwn(const Peer& peer) const {
    return &peer == &peers_[static_cast<std::size_t>(rank_)];
}

void DirectExchange::read(const Peer& peer, std::uint64_t address, void* to, std::size_t bytes,
                          const Exchange& exchange) const {
    if (const int error = readMemory(peer.process, address, to, bytes); error != 0)
        failPeerLost(exchange.called, std::strerror(error));
}

DirectExchange::Slot DirectExchange::slotOf(const Peer& peer, const Exchange& exchange) const {
    Slot slot;
    read(peer, peer.board + offsetof(Board, slots) + (exchange.number % kSlots) * sizeof slot, &slot, sizeof slot,
         exchange);
    return slot;
}

void DirectExchange::await(const Peer& peer, std::size_t counter, const Exchange& exchange) const {
    if (isOwn(peer)) return;
    struct {
        Magic magic;
        std::array<std::uint64_t, kCounters> counters;
    } seen{};
    static_assert(offsetof(Board, magic) == 0 && offsetof(Board, counters) == sizeof(Magic));
    std::chrono::nanoseconds sleep = kShortestSleep;
    const auto begin = std::chrono::steady_clock::now();
    for (int look = 0;; ++look) {
        const int error = readMemory(peer.process, peer.board, &seen, sizeof seen);
        if (error != 0 || seen.magic != peer.magic) {
            // One that has fetched all may end; whether it was to end, the next collective tells.
            if (counter == kFetched) return;
            failPeerLost(exchange.called, error != 0 ? std::strerror(error) : "its process is another one now");
        }
        if (seen.counters[counter] > exchange.number) break;
        if (look < kPolls) {
            sched_yield();
            continue;
        }
        if (std::chrono::steady_clock::now() - begin > timeout_) failNoAnswer(exchange.called, timeout_);
        std::this_thread::sleep_for(sleep);
        sleep = std::min<std::chrono::nanoseconds>(sleep * 2, kLongestSleep);
    }
    std::atomic_thread_fence(std::memory_order_acquire);
}

}  // namespace switchyard::parallel
