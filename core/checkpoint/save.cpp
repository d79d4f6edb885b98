// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>
#include <optional>
#include <system_error>

#include "core/base/io/manifest.h"
#include "core/base/io/retention.h"
#include "core/base/io/safe_file.h"
#include "core/base/io/sha256.h"
#include "core/base/util/error.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/tensor_file.h"
#include "core/parallel/agreement.h"

namespace switchyard::checkpoint {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Pieces = std::vector<parallel::Piece>;

std::string stepName(std::int64_t step) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "step-%08lld", static_cast<long long>(step));
    return text.data();
}

/// Which rank writes each tensor: largest first, always to the rank with the fewest bytes so far (ties: lowest
/// rank). The same on every rank.
std::vector<int> writers(const Pieces& pieces, int ranks) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (pieces[i].everywhere) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return bytesOf(pieces[a].tensor) > bytesOf(pieces[b].tensor);
    });
    std::vector<std::uint64_t> sums(static_cast<std::size_t>(ranks), 0);
    std::vector<int> writer(pieces.size(), -1);
    for (const std::size_t index : order) {
        const auto least = std::min_element(sums.begin(), sums.end());
        writer[index] = static_cast<int>(least - sums.begin());
        *least += bytesOf(pieces[index].tensor);
    }
    return writer;
}

/// What this rank writes.
Pieces shareOf(const Pieces& pieces, int rank, int ranks) {
    const std::vector<int> writer = writers(pieces, ranks);
    Pieces mine;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (pieces[i].everywhere ? writer[i] == rank : pieces[i].mine && pieces[i].tensor.numel() > 0)
            mine.push_back(pieces[i]);
    }
    return mine;
}

/// Where the piece lies: rows of the first dimension if it has its tensor's dimensions, else a run.
std::vector<std::int64_t> offsetOf(const parallel::Piece& piece) {
    if (piece.tensor.dim() != static_cast<std::int64_t>(piece.global_shape.size())) return {piece.first};
    std::vector<std::int64_t> offset(piece.global_shape.size(), 0);
    std::int64_t row = 1;
    for (std::size_t d = 1; d < piece.global_shape.size(); ++d) row *= piece.global_shape[d];
    if (!offset.empty()) offset[0] = piece.first / std::max<std::int64_t>(row, 1);
    return offset;
}

/// A file of this rank and what is in it.
struct File {
    std::string name;
    const char* kind;
    Pieces pieces;
};

std::uint64_t bytesOf(const Pieces& pieces) {
    return std::accumulate(pieces.begin(), pieces.end(), std::uint64_t{0}, [](std::uint64_t sum, const auto& piece) {
        return sum + checkpoint::bytesOf(piece.tensor);
    });
}

/// Two lists of files that are written at the same time, for hashes are taken of two at once. Of what is large, the
/// optimizer's tensors are cut into two files so that both lists are about as long.
using Lanes = std::array<std::vector<File>, 2>;
Lanes lanesOf(const Contents& share, int rank, int ranks) {
    constexpr std::uint64_t kWorthIt = 64U << 20;
    const std::uint64_t model = bytesOf(share.model), optim = bytesOf(share.optim);
    File first{io::rankFileName("optim", rank, ranks), "optim", {}};
    File second{io::rankFileName("optim2", rank, ranks), "optim", {}};
    std::uint64_t lane = model;
    for (const parallel::Piece& piece : share.optim) {
        const std::uint64_t bytes = checkpoint::bytesOf(piece.tensor);
        const bool fits = model + optim < kWorthIt || lane + bytes / 2 <= (model + optim) / 2;
        (fits ? first : second).pieces.push_back(piece);
        if (fits) lane += bytes;
    }
    return {{{{io::rankFileName("model", rank, ranks), "model", share.model},
              std::move(first),
              {io::rankFileName("state", rank, ranks), "state", parallel::wholePieces(share.state)}},
             {std::move(second)}}};
}

/// What a rank tells rank 0 about its files.
struct Report {
    json files = json::array(), tensors = json::array();

    void add(const File& file, const io::HashedFileWriter::Finished& finished) {
        files.push_back({{"name", file.name},
                         {"bytes", finished.bytes},
                         {"sha256", finished.sha256},
                         {"block_sums", io::blockSumsText(finished.block_sums)}});
        for (const parallel::Piece& piece : file.pieces) {
            tensors.push_back({{"name", piece.name},
                               {"file", file.name},
                               {"kind", file.kind},
                               {"dtype", io::dtypeName(dtypeOf(piece.tensor))},
                               {"shape", piece.tensor.sizes().vec()},
                               {"global_shape", piece.global_shape},
                               {"offset", offsetOf(piece)}});
        }
    }
};

/// The files of one lane, one after another, a block at a time.
class Lane {
public:
    Lane(const fs::path& folder, const std::vector<File>& files, io::WriteManner manner, Report* report)
        : folder_(folder), files_(files), manner_(std::move(manner)), report_(report) {}
    /// @return false when all is written
    bool writeBlock() {
        for (; next_ < files_.size(); ++next_) {
            const File& file = files_[next_];
            if (file.pieces.empty()) continue;
            if (!writer_) {
                NamedTensors tensors;
                for (const parallel::Piece& piece : file.pieces) tensors.emplace_back(piece.name, piece.tensor);
                writer_.emplace(folder_ / file.name, std::move(tensors), manner_);
            }
            if (writer_->writeSome(io::kSumBlock)) return true;
            report_->add(file, writer_->finish());
            writer_.reset();
        }
        return false;
    }

private:
    const fs::path& folder_;
    const std::vector<File>& files_;
    io::WriteManner manner_;
    Report* report_;
    std::size_t next_ = 0;
    std::optional<TensorFileWriter> writer_;
};

std::string writeShare(const fs::path& folder, const Contents& share, const parallel::Collectives& collectives,
                       const std::function<void()>& after_block) {
    const Lanes lanes = lanesOf(share, collectives.rank(), collectives.size());
    Report report;
    io::BlockHasher hasher;
    Lane first(folder, lanes[0], {after_block, &hasher}, &report),
        second(folder, lanes[1], {after_block, &hasher}, &report);
    for (bool more = true; more;) {
        more = first.writeBlock();
        more = second.writeBlock() || more;
    }
    return json{{"files", report.files}, {"tensors", report.tensors}}.dump();
}

/// Runs `work`; what it threw comes back as {"error": ...} so that all ranks can agree before any of them throws.
template <class Work>
std::string attempt(Work&& work) {
    try {
        return work();
    } catch (const std::exception& error) {
        return json{{"error", std::string(error.what())}}.dump(-1, ' ', false, json::error_handler_t::replace);
    }
}

void throwFirstError(const std::vector<std::string>& reports) {
    for (std::size_t rank = 0; rank < reports.size(); ++rank) {
        const json report = json::parse(reports[rank]);
        if (!report.contains("error")) continue;
        throw Error(ExitCode::kIo, "The checkpoint was not saved: " + report["error"].get<std::string>(),
                    "rank " + std::to_string(rank),
                    "Free some disk space or check the folder's permissions; the last good checkpoint is still there");
    }
}

io::ManifestFile copyExtra(const std::string& name, const fs::path& from, const fs::path& folder) {
    constexpr std::uint64_t kLargest = 64U << 20;
    const std::string content = io::readText(from, kLargest);
    io::writeAtomically(folder / name, content);
    return {name, content.size(), io::sha256(content.data(), content.size()), {}};
}

io::Manifest makeManifest(const std::vector<std::string>& reports, const Contents& contents, const fs::path& folder) {
    io::Manifest manifest;
    manifest.step = contents.step;
    manifest.ranks = static_cast<int>(reports.size());
    manifest.created_by = "switchyard " SWITCHYARD_VERSION;
    if (contents.info.is_object()) manifest.info = contents.info;
    for (const std::string& text : reports) {
        const json report = json::parse(text);
        for (const json& file : report["files"]) {
            manifest.files.push_back({file["name"], file["bytes"], file["sha256"], {}});
            io::parseBlockSums(file["block_sums"], &manifest.files.back().block_sums);
        }
        for (const json& row : report["tensors"]) {
            io::ManifestTensor tensor;
            tensor.name = row["name"];
            tensor.file = row["file"];
            tensor.kind = row["kind"];
            tensor.dtype = row["dtype"];
            tensor.shape = row["shape"].get<std::vector<std::int64_t>>();
            tensor.global_shape = row["global_shape"].get<std::vector<std::int64_t>>();
            tensor.offset = row["offset"].get<std::vector<std::int64_t>>();
            manifest.tensors.push_back(std::move(tensor));
        }
    }
    for (const auto& [name, from] : contents.extra_files) manifest.files.push_back(copyExtra(name, from, folder));
    return manifest;
}

void removeQuietly(const fs::path& folder) {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
}

/// Puts the finished folder in place of an earlier checkpoint of the same step (of a run that was resumed from before
/// it), if there is one, whose pin stays.
void commit(const fs::path& temporary, const fs::path& folder, const io::Manifest& manifest) {
    if (io::isPinned(folder)) io::setPinned(temporary, true);
    io::replaceCheckpoint(temporary, folder, manifest);
    removeQuietly(temporary);
}

}  // namespace

Contents shareOf(const Contents& contents, const parallel::Collectives& collectives) {
    Contents share = contents;
    share.model = shareOf(contents.model, collectives.rank(), collectives.size());
    share.optim = shareOf(contents.optim, collectives.rank(), collectives.size());
    return share;
}

std::filesystem::path save(const std::filesystem::path& checkpoints_dir, const Contents& contents,
                           parallel::Collectives& collectives) {
    const c10::Device device =
        contents.model.empty() ? c10::Device(c10::DeviceType::CPU) : contents.model.front().tensor.device();
    return saveShare(checkpoints_dir, shareOf(contents, collectives), collectives, {device, {}, {}});
}

std::filesystem::path saveShare(const std::filesystem::path& checkpoints_dir, const Contents& contents,
                                parallel::Collectives& collectives, const ShareOptions& options) {
    const std::string name = stepName(contents.step);
    const fs::path temporary = checkpoints_dir / (".tmp-" + name), folder = checkpoints_dir / name;
    const bool first = collectives.rank() == 0;
    try {
        const auto agree = [&](const char* collective, const std::string& text) {
            std::vector<std::string> reports = parallel::gatherText(text, collectives, collective, options.device);
            throwFirstError(reports);
            return reports;
        };
        agree("checkpoint_begin", attempt([&] {
                  if (!options.problem.empty()) throw Error(ExitCode::kIo, options.problem);
                  if (first) {
                      fs::remove_all(temporary);
                      fs::create_directories(temporary);
                  }
                  return std::string("{}");
              }));
        const std::vector<std::string> reports =
            agree("checkpoint_files",
                  attempt([&] { return writeShare(temporary, contents, collectives, options.after_block); }));
        agree("checkpoint_commit", attempt([&] {
                  if (first) {
                      const io::Manifest manifest = makeManifest(reports, contents, temporary);
                      commit(temporary, folder, manifest);
                  }
                  return std::string("{}");
              }));
    } catch (...) {
        if (first) removeQuietly(temporary);
        throw;
    }
    return folder;
}

}  // namespace switchyard::checkpoint
