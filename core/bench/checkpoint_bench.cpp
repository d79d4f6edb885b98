// SPDX-License-Identifier: MIT
#include "core/bench/checkpoint_bench.h"

#include <ATen/ATen.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "core/base/io/file_descriptor.h"
#include "core/base/util/error.h"
#include "core/bench/timing.h"
#include "core/checkpoint/async_save.h"
#include "core/parallel/mesh.h"
#include "core/train/assembly.h"
#include "core/train/peak_memory.h"

namespace switchyard::bench {
namespace {

namespace fs = std::filesystem;

/// Numbers of one tensor of the model.
constexpr std::int64_t kTensor = std::int64_t{16} << 20;
constexpr std::size_t kBlock = 4U << 20;
constexpr int kSteps = 8;

/// A model's state, each tensor cut into a run a rank as fsdp does.
checkpoint::Contents stateOf(std::int64_t parameters, const parallel::Mesh& mesh) {
    checkpoint::Contents contents;
    contents.step = 1;
    for (std::int64_t first = 0; first < parameters; first += kTensor) {
        const std::int64_t count = std::min(kTensor, parameters - first), own = (count + mesh.size() - 1) / mesh.size(),
                           begin = std::min(count, own * mesh.rank()), end = std::min(count, begin + own);
        parallel::Piece piece{
            "layer" + std::to_string(first / kTensor) + ".weight", {}, {1, count}, begin, false, true};
        piece.tensor = at::randn({end - begin});
        contents.model.push_back(piece);
        for (const char* moment : {".exp_avg", ".exp_avg_sq"}) {
            parallel::Piece more = piece;
            more.name += moment;
            more.tensor = at::randn({end - begin});
            contents.optim.push_back(more);
        }
    }
    return contents;
}

std::vector<at::Tensor> tensorsOf(const checkpoint::Contents& contents) {
    std::vector<at::Tensor> tensors;
    for (const auto* pieces : {&contents.model, &contents.optim}) {
        for (const parallel::Piece& piece : *pieces) tensors.push_back(piece.tensor);
    }
    return tensors;
}

[[noreturn]] void failed(const char* what, const fs::path& file) {
    throw Error(ExitCode::kIo, std::string(what) + ": " + std::strerror(errno), file.string());
}

void writeRaw(const fs::path& file, const std::vector<at::Tensor>& tensors) {
    const io::FileDescriptor fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!fd.valid()) failed("Could not make the file", file);
    for (const at::Tensor& tensor : tensors) {
        const auto* from = static_cast<const std::uint8_t*>(tensor.const_data_ptr());
        for (std::size_t at = 0; at < tensor.nbytes();) {
            const ssize_t done = ::write(fd.get(), from + at, std::min(kBlock, tensor.nbytes() - at));
            if (done < 0) failed("Could not write the file", file);
            at += static_cast<std::size_t>(done);
        }
    }
    if (::fsync(fd.get()) != 0) failed("Could not bring the file to the disk", file);
}

void readRaw(const fs::path& file) {
    const io::FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) failed("Could not open the file", file);
    std::vector<std::uint8_t> block(kBlock);
    ssize_t got = 0;
    while ((got = ::read(fd.get(), block.data(), block.size())) > 0) {
    }
    if (got < 0) failed("Could not read the file", file);
}

/// Out of the page cache.
void forget(const fs::path& file) {
    const io::FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.valid()) posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED);
}
void forgetFolder(const fs::path& folder) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) forget(entry.path());
}

class Clock {
public:
    explicit Clock(parallel::Collectives& ranks) : ranks_(ranks) {}
    /// From when all ranks are ready to when all are done.
    double seconds(const std::function<void()>& body) {
        ranks_.barrier("ready");
        return millisecondsOf([&] {
                   body();
                   ranks_.barrier("done");
               }) /
               1e3;
    }
    double largest(double own) {
        return ranks_.allGather(at::full({1}, own, at::kDouble), "largest").max().item<double>();
    }

private:
    parallel::Collectives& ranks_;
};

/// Steps of about a second of products, at whose end the state changes.
struct Loop {
    at::Tensor a = at::randn({1024, 1024}), b = at::randn({1024, 1024}), c = at::empty({1024, 1024});
    int products = 8;

    Loop() {
        compute();
        const double ms = millisecondsOf([&] { compute(); });
        products = std::max(1, static_cast<int>(products * 1000 / ms));
    }
    void compute() {
        for (int i = 0; i < products; ++i) at::mm_out(c, a, b);
    }
};

}  // namespace

nlohmann::json benchCheckpoint(const CheckpointCase& which, const launch::RankEnvironment& environment) {
    train::keepFreedMemory();
    RunConfig config;
    at::set_num_threads(train::threadsFor(config, environment.world_size));
    const at::NoGradGuard no_gradient;
    config.parallel.device = Device::kCpu;
    config.parallel.timeout_s = 600;
    const parallel::Mesh mesh = parallel::makeMesh(config.parallel, environment);
    Clock clock(mesh.world());
    const checkpoint::Contents contents = stateOf(which.parameters, mesh);
    const std::vector<at::Tensor> tensors = tensorsOf(contents);
    checkpoint::AsyncSaver saver(which.folder, mesh.newGroup("checkpoint", std::chrono::minutes(10)));
    Loop loop;

    const fs::path raw = which.folder / ("raw.r" + std::to_string(mesh.rank()));
    constexpr double kNone = std::numeric_limits<double>::infinity();
    double write = kNone, save = kNone, read = kNone, cold = kNone, warm = kNone, stall = kNone, slowdown = kNone,
           beside = kNone;
    for (int i = 0; i < which.repeats; ++i) {
        write = std::min(write, clock.seconds([&] { writeRaw(raw, tensors); }));
        fs::path folder;
        save = std::min(save, clock.seconds([&] { folder = checkpoint::save(which.folder, contents, mesh.world()); }));
        const auto load = [&] { checkpoint::load(folder, contents.model, &contents.optim); };
        // In turns, each with nothing of it in memory and as much memory just given back: what the machine has to find
        // anew for the page cache costs as long as the disk.
        for (int turn = 0; turn < 2; ++turn) {
            forget(raw);
            read = std::min(read, clock.seconds([&] { readRaw(raw); }));
            forget(raw);
            if (mesh.rank() == 0) forgetFolder(folder);
            cold = std::min(cold, clock.seconds(load));
            warm = std::min(warm, clock.seconds(load));
            if (mesh.rank() == 0) forgetFolder(folder);
            mesh.world().barrier("forgotten");
        }

        fs::remove(raw);
        mesh.world().barrier("read");
        if (mesh.rank() == 0) fs::remove_all(folder);
        if (which.alone) continue;
        // Every rank by itself, so that none of them waits: what one of them loses all lose in a training.
        const double alone = millisecondsOf([&] {
                                 for (int step = 0; step < kSteps; ++step) loop.compute();
                             }) /
                             kSteps;
        mesh.world().barrier("beside");
        double waited = 0;
        int steps = 0;
        const double whole = millisecondsOf([&] {
            waited += millisecondsOf([&] { saver.start(contents); });
            while (!saver.done()) {
                loop.compute();
                waited += millisecondsOf([&] { saver.waitForCopy(); });
                ++steps;
            }
        });
        const auto outcome = saver.finish();
        if (outcome && outcome->error) std::rethrow_exception(outcome->error);
        mesh.world().barrier("saved");
        if (mesh.rank() == 0) fs::remove_all(folder);
        stall = std::min(stall, clock.largest(waited));
        slowdown = std::min(slowdown, clock.largest(whole / steps / alone - 1));
        beside = std::min(beside, clock.largest(whole / 1e3));
    }
    std::int64_t bytes = 0;
    for (const at::Tensor& tensor : tensors) bytes += static_cast<std::int64_t>(tensor.nbytes());
    at::Tensor all_bytes = at::full({1}, bytes, at::kLong);
    mesh.world().allReduceSum(all_bytes, "bytes");
    nlohmann::json row = {{"parameters", which.parameters},
                          {"bytes", all_bytes.item<std::int64_t>()},
                          {"ranks", environment.world_size},
                          {"raw_write_s", write},
                          {"save_s", save},
                          {"raw_read_s", read},
                          {"load_cold_s", cold},
                          {"load_s", cold},
                          {"load_warm_s", warm}};
    if (!which.alone) row.update({{"beside_s", beside}, {"stall_s", stall / 1e3}, {"slowdown", slowdown}});
    return row;
}

}  // namespace switchyard::bench
