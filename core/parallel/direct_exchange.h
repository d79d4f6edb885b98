// SPDX-License-Identifier: MIT
// Exchange between ranks of one machine without a network: each reads the others' tensors where they lie
// (process_vm_readv), so a number is copied once. Gloo's way over loopback copies it four times and more.
// The same idea in MPI libraries: Goglin and Moreaud 2013, "KNEM", doi 10.1016/j.jpdc.2012.09.016.
#pragma once

#include <ATen/core/Tensor.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "core/parallel/collectives.h"

namespace switchyard::parallel {

/// Collectives of a group whose ranks can read each other's memory. An exchange is published when it is started and
/// done when it or a later one is waited for; all ranks do them in the order in which they were started.
/// Sums are bitwise equal on all ranks.
/// Thread: one thread (the trainer's).
class DirectExchange {
public:
    /// Collective over `ranks`. Null, on all of them, where one can not read another's memory: other machines or users,
    /// kernel.yama.ptrace_scope above 0, no such call in a container; or where SWITCHYARD_DIRECT_EXCHANGE is 0.
    static std::unique_ptr<DirectExchange> make(Collectives& ranks, std::chrono::milliseconds timeout);
    ~DirectExchange();

    /// Whether a tensor of this size, the same on all ranks, is worth it. Below, waiting for each other costs more than
    /// a copy.
    static bool worthIt(const at::Tensor& tensor);

    // As in Collectives; `sequence` is the collective's number, for errors.
    std::unique_ptr<Pending> allReduceSum(const at::Tensor& tensor, const char* name, std::uint64_t sequence);
    std::unique_ptr<Pending> allGather(const at::Tensor& output, const at::Tensor& input, const char* name,
                                       std::uint64_t sequence);
    std::unique_ptr<Pending> reduceScatterSum(const at::Tensor& output, const at::Tensor& input, const char* name,
                                              std::uint64_t sequence);
    /// `received` and `sent`: rows from and to each rank.
    std::unique_ptr<Pending> allToAll(const at::Tensor& output, const at::Tensor& input,
                                      const std::vector<std::int64_t>& received, const std::vector<std::int64_t>& sent,
                                      const char* name, std::uint64_t sequence);
    /// Does all that was started. Before anything else makes this rank wait for its peers.
    void finishAll();

private:
    struct Slot;
    struct Board;
    struct Peer;
    struct Exchange;
    class Ticket;

    DirectExchange(int rank, std::vector<Peer> peers, std::unique_ptr<Board> board, std::chrono::milliseconds timeout);
    std::unique_ptr<Pending> start(std::unique_ptr<Exchange> exchange);
    void finish(std::uint64_t number);
    void run(Exchange& exchange);
    void reduceOwnSlice(const Exchange& exchange);
    void fetchSlices(const Exchange& exchange);
    void gather(const Exchange& exchange);
    void receiveRows(const Exchange& exchange);
    void await(const Peer& peer, std::size_t counter, const Exchange& exchange) const;
    bool isOwn(const Peer& peer) const;
    /// The peer's side of this exchange; the peer has started it.
    Slot slotOf(const Peer& peer, const Exchange& exchange) const;
    void read(const Peer& peer, std::uint64_t address, void* to, std::size_t bytes, const Exchange& exchange) const;

    int rank_;
    std::vector<Peer> peers_;  ///< [ranks]; the place of this rank is not used
    std::unique_ptr<Board> board_;
    std::chrono::milliseconds timeout_;
    std::uint64_t started_ = 0;
    std::deque<std::unique_ptr<Exchange>> open_;  ///< oldest first
};

}  // namespace switchyard::parallel
