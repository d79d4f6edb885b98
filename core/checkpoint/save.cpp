// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstdio>
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

/// What a rank tells rank 0 about its files.
struct Report {
    json files = json::array(), tensors = json::array();

    std::function<void()> after_block;

    void add(const fs::path& file, const char* kind, const Pieces& pieces) {
        if (pieces.empty()) return;
        NamedTensors tensors_of_file;
        for (const parallel::Piece& piece : pieces) tensors_of_file.emplace_back(piece.name, piece.tensor);
        const auto finished = writeTensors(file, tensors_of_file, after_block);
        const std::string name = file.filename().string();
        files.push_back({{"name", name},
                         {"bytes", finished.bytes},
                         {"sha256", finished.sha256},
                         {"block_sums", io::blockSumsText(finished.block_sums)}});
        for (const parallel::Piece& piece : pieces) {
            tensors.push_back({{"name", piece.name},
                               {"file", name},
                               {"kind", kind},
                               {"dtype", io::dtypeName(dtypeOf(piece.tensor))},
                               {"shape", piece.tensor.sizes().vec()},
                               {"global_shape", piece.global_shape},
                               {"offset", offsetOf(piece)}});
        }
    }
};

std::string writeShare(const fs::path& folder, const Contents& share, const parallel::Collectives& collectives,
                       const std::function<void()>& after_block) {
    const int rank = collectives.rank(), ranks = collectives.size();
    Report report;
    report.after_block = after_block;
    report.add(folder / io::rankFileName("model", rank, ranks), "model", share.model);
    report.add(folder / io::rankFileName("optim", rank, ranks), "optim", share.optim);
    report.add(folder / io::rankFileName("state", rank, ranks), "state", parallel::wholePieces(share.state));
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
