// SPDX-License-Identifier: MIT
// switchyard bench checkpoint, bench data and bench index: what goes to the disk and what comes from it.
#include <unistd.h>

#include <filesystem>
#include <iomanip>
#include <iostream>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "core/base/launch/compute_request.h"

namespace switchyard::cli {
namespace {

using nlohmann::json;

struct CheckpointOptions {
    std::int64_t parameters = 200'000'000, repeats = 3;
    int ranks = 2;
    std::string dir = ".";
    bool alone = false, json = false;
};

void runCheckpoint(const CheckpointOptions& options) {
    const std::filesystem::path folder =
        std::filesystem::absolute(options.dir) / ("bench-checkpoint-" + std::to_string(getpid()));
    std::error_code failed;
    std::filesystem::create_directory(folder, failed);
    if (failed) throw Error(ExitCode::kIo, "The folder can not be made: " + failed.message(), folder.string());
    json row;
    const auto remove = [&] { std::filesystem::remove_all(folder, failed); };
    try {
        row = launch::runComputeRequest({{"op", "bench_checkpoint"},
                                         {"parameters", options.parameters},
                                         {"repeats", options.repeats},
                                         {"alone", options.alone},
                                         {"dir", folder.string()}},
                                        {}, options.ranks);
    } catch (...) {
        remove();
        throw;
    }
    remove();
    if (options.json) {
        printJson(row);
        return;
    }
    const auto line = [&](const char* what, const char* key, const char* beside) {
        std::cout << std::left << std::setw(38) << what << std::right << std::setw(8) << row.at(key).get<double>()
                  << " s";
        if (beside != nullptr)
            std::cout << std::setw(7) << row.at(key).get<double>() / row.at(beside).get<double>() << " x";
        std::cout << '\n';
    };
    std::cout << formatBytes(row.at("bytes").get<std::uint64_t>()) << " on " << options.ranks << " ranks\n"
              << std::fixed << std::setprecision(2);
    line("raw write and fsync", "raw_write_s", nullptr);
    line("save, hashes included", "save_s", "raw_write_s");
    line("raw read from the disk", "raw_read_s", nullptr);
    line("load and verify, from the disk", "load_s", "raw_read_s");
    line("load and verify, from the page cache", "load_warm_s", nullptr);
    if (options.alone) return;
    line("save beside a training, all cores busy", "beside_s", nullptr);
    line("steps wait for it", "stall_s", nullptr);
    std::cout << "training is slower meanwhile by " << std::setprecision(1) << 100 * row.at("slowdown").get<double>()
              << " %\n";
}

void addCheckpointBench(CLI::App& bench) {
    const auto options = std::make_shared<CheckpointOptions>();
    CLI::App* checkpoint = bench.add_subcommand("checkpoint", "Saving and loading beside raw writes and reads");
    checkpoint->footer("Example:\n  switchyard bench checkpoint --parameters 200000000 --ranks 2 --dir /data");
    checkpoint->add_option("--parameters", options->parameters, "Of the model; each takes 12 bytes with its moments")
        ->capture_default_str()
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 40));
    checkpoint->add_option("--ranks", options->ranks, "Worker processes")
        ->capture_default_str()
        ->check(CLI::Range(1, 64));
    checkpoint->add_option("--repeats", options->repeats, "Of everything; the fastest counts")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000));
    checkpoint->add_option("--dir", options->dir, "Folder on the disk to be measured")->capture_default_str();
    checkpoint->add_flag("--alone", options->alone, "Leave saves beside a training out, which take half a minute each");
    addJsonFlag(*checkpoint, options->json);
    checkpoint->callback([options] { runCheckpoint(*options); });
}

struct DataOptions {
    std::string file, root, out;
    std::int64_t side = 224, limit = 64, repeats = 5;
    bool synthetic = false, json = false;
};

void runData(const DataOptions& options) {
    if (options.synthetic == !options.file.empty()) {
        throw Error(ExitCode::kUsage, "Either pictures of a file or synthetic ones are measured", "--data, --synthetic",
                    "Give one of the two");
    }
    const auto absolute = [](const std::string& path) {
        return path.empty() ? path : std::filesystem::absolute(path).string();
    };
    const json answer = launch::runComputeRequest({{"op", "bench_data"},
                                                   {"file", absolute(options.file)},
                                                   {"root", absolute(options.root)},
                                                   {"out", absolute(options.out)},
                                                   {"side", options.side},
                                                   {"limit", options.limit},
                                                   {"repeats", options.repeats}});
    if (options.json) {
        printJson(answer);
        return;
    }
    std::cout << answer.at("pictures") << " pictures of "
              << formatBytes(static_cast<std::uint64_t>(answer.at("mean_bytes").get<double>())) << " in the mean, to "
              << options.side << " x " << options.side << '\n'
              << "stage     images/s a core       ms\n"
              << std::fixed;
    for (const json& row : answer.at("rows")) {
        std::cout << std::left << std::setw(10) << row.value("stage", "") << std::right << std::setw(15)
                  << std::setprecision(0) << row.value("images_per_s", 0.0) << std::setw(9) << std::setprecision(3)
                  << row.value("ms", 0.0) << '\n';
    }
}

void addDataBench(CLI::App& bench) {
    const auto options = std::make_shared<DataOptions>();
    CLI::App* data = bench.add_subcommand("data", "Pictures from files to training pixels, on one core");
    data->footer("Example:\n  switchyard bench data --synthetic --json");
    data->add_option("--data", options->file, "JSON Lines file whose pictures are used");
    data->add_option("--root", options->root, "Folder that its image paths are relative to (default: the file's)");
    data->add_flag("--synthetic", options->synthetic, "Pictures made for it: 512 x 512, as detailed as photographs");
    data->add_option("--out", options->out, "Folder where synthetic pictures are kept, for others to measure with");
    data->add_option("--side", options->side, "Pixels across of a training picture")
        ->capture_default_str()
        ->check(CLI::Range(1, 4096));
    data->add_option("--limit", options->limit, "Pictures that are used")
        ->capture_default_str()
        ->check(CLI::Range(1, 100'000));
    data->add_option("--repeats", options->repeats, "Of every stage; the fastest counts")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000));
    addJsonFlag(*data, options->json);
    data->callback([options] { runData(*options); });
}

struct IndexOptions {
    std::int64_t vectors = 100'000, dim = 256, queries = 100;
    std::string search = "auto", dir = ".";
    bool json = false;
};

void runIndex(const IndexOptions& options) {
    const std::filesystem::path folder =
        std::filesystem::absolute(options.dir) / ("bench-index-" + std::to_string(getpid()));
    ProgressBar bar("making the index", 0);
    const json row = launch::runComputeRequest({{"op", "bench_index"},
                                                {"vectors", options.vectors},
                                                {"dim", options.dim},
                                                {"queries", options.queries},
                                                {"search", options.search},
                                                {"dir", folder.string()}},
                                               [&bar](std::int64_t done, std::int64_t total, const std::string& what) {
                                                   bar.setNote(what);
                                                   bar.update(static_cast<std::uint64_t>(done),
                                                              static_cast<std::uint64_t>(total));
                                               });
    bar.clear();
    if (options.json) {
        printJson({{"rows", json::array({row})}});
        return;
    }
    std::cout << "  vectors   dim  search   build s   peak memory  ms a query   99 %  recall@10\n"
              << std::fixed << std::setw(9) << options.vectors << std::setw(6) << options.dim << std::setw(8)
              << row.value("search", "") << std::setw(10) << std::setprecision(1) << row.value("build_s", 0.0)
              << std::setw(14) << formatBytes(row.value("peak_rss_bytes", std::uint64_t{0})) << std::setw(12)
              << std::setprecision(2) << row.value("ms", 0.0) << std::setw(7) << row.value("p99_ms", 0.0)
              << std::setw(11) << std::setprecision(4) << row.value("recall_at_10", 0.0) << '\n';
}

void addIndexBench(CLI::App& bench) {
    const auto options = std::make_shared<IndexOptions>();
    CLI::App* index = bench.add_subcommand("index", "Making an index of made-up vectors and searching it");
    index->footer("Example:\n  switchyard bench index --vectors 1000000 --search graph --json");
    index->add_option("--vectors", options->vectors, "How many, in clusters of about 100")
        ->capture_default_str()
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 28));
    index->add_option("--dim", options->dim, "Numbers a vector")->capture_default_str()->check(CLI::Range(1, 8192));
    index->add_option("--queries", options->queries, "Searches that are timed")
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000'000));
    index->add_option("--search", options->search, "auto (exact up to a million), exact or graph")
        ->capture_default_str()
        ->check(CLI::IsMember({"auto", "exact", "graph"}));
    index->add_option("--dir", options->dir, "Folder for the index, which is removed again")->capture_default_str();
    addJsonFlag(*index, options->json);
    index->callback([options] { runIndex(*options); });
}

}  // namespace

void addDiskBenches(CLI::App& bench) {
    addCheckpointBench(bench);
    addDataBench(bench);
    addIndexBench(bench);
}

}  // namespace switchyard::cli
