// SPDX-License-Identifier: MIT
// checkpoint_damage FOLDER FLIPS SEED: damages a copy of a saved checkpoint in every way that counts by the thousand,
// and requires that reading it tells, naming the file. Built with ASan and UBSan; prints what it did as JSON.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "core/base/io/file_descriptor.h"
#include "core/base/io/manifest.h"
#include "core/base/io/safetensors.h"
#include "core/base/io/sha256.h"
#include "core/base/util/error.h"

namespace fs = std::filesystem;
using namespace switchyard;

namespace {

int failures = 0;

void complain(const std::string& what) {
    if (++failures <= 20) std::cerr << what << '\n';
}

std::string read(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void write(const fs::path& file, const std::string& bytes) {
    std::ofstream stream(file, std::ios::binary | std::ios::trunc);
    stream << bytes;
    stream.close();
    if (!stream) throw std::runtime_error("can not write " + file.string());
}

/// The Error of `call`, or nothing; any other exception is a failure of its own.
template <class Call>
std::optional<Error> errorOf(const std::string& what, Call&& call) {
    try {
        call();
    } catch (const Error& error) {
        return error;
    } catch (const std::exception& error) {
        complain(what + ": not an Error: " + error.what());
    }
    return std::nullopt;
}

/// Whether the error is that of a corrupt checkpoint and names the file.
bool tells(const std::optional<Error>& error, const std::string& file) {
    return error && error->code() == ExitCode::kCorruptCheckpoint && error->where().find(file) != std::string::npos;
}

struct File {
    fs::path path;
    std::string name, whole;
    bool tensors() const { return path.extension() == ".safetensors"; }
};

std::vector<File> filesOf(const fs::path& folder) {
    std::vector<File> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().filename() != "verified.json")  // a note beside the checkpoint, no part of it
            files.push_back({entry.path(), entry.path().filename().string(), read(entry.path())});
    std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.name < b.name; });
    return files;
}

void setByte(const fs::path& file, std::uint64_t at, char byte) {
    const io::FileDescriptor fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    if (::pwrite(fd.get(), &byte, 1, static_cast<off_t>(at)) != 1)
        throw std::runtime_error("can not change " + file.string());
}

/// One bit of one file after the other, half of them spread over the files and half over the bytes.
std::int64_t flipBits(const fs::path& folder, const std::vector<File>& files, int flips, std::mt19937_64& random) {
    std::vector<double> sizes;
    for (const File& file : files) sizes.push_back(static_cast<double>(file.whole.size()));
    std::discrete_distribution<std::size_t> by_size(sizes.begin(), sizes.end());
    std::int64_t found = 0;
    for (int i = 0; i < flips; ++i) {
        const File& file = files[i % 2 == 0 ? random() % files.size() : by_size(random)];
        // Every other one in the first bytes, where the headers are.
        const std::uint64_t range = i % 4 < 2 ? file.whole.size() : std::min<std::uint64_t>(file.whole.size(), 6000);
        const std::uint64_t at = random() % range;
        const int bit = static_cast<int>(random() % 8);
        const std::string what = file.name + ", byte " + std::to_string(at) + ", bit " + std::to_string(bit);
        setByte(file.path, at, static_cast<char>(file.whole[at] ^ (1 << bit)));
        // What COMMIT says shows as a manifest that was not committed.
        const std::string named = file.name == "COMMIT" ? "manifest.json" : file.name;
        const auto error = errorOf(what, [&] { io::readCheckpoint(folder, /*deep=*/true); });
        if (tells(error, named)) {
            ++found;
        } else {
            complain(what + (error ? std::string(": ") + error->what() : ": not found"));
        }
        if (file.tensors()) {
            // Without the hash: refused as corrupt, or numbers of the same place that have changed.
            const auto opened = errorOf(what, [&] {
                const io::SafetensorsFile tensors(file.path);
                unsigned sum = 0;
                for (const io::TensorEntry& entry : tensors.entries())
                    if (entry.end > entry.begin)
                        sum += tensors.data(entry)[0] + tensors.data(entry)[entry.end - entry.begin - 1];
                if (sum == ~0U) std::cerr << ' ';
            });
            if (opened && !tells(opened, file.name)) complain(what + ": " + opened->what());
        }
        setByte(file.path, at, file.whole[at]);
    }
    return found;
}

/// A manifest that was damaged before it was committed: nothing but its own contents can tell.
std::int64_t flipCommittedManifests(const fs::path& folder, const std::vector<File>& files, int flips,
                                    std::mt19937_64& random) {
    std::int64_t refused = 0;
    for (const File& file : files) {
        if (file.name != "manifest.json") continue;
        const std::string commit = read(folder / "COMMIT");
        for (int i = 0; i < flips; ++i) {
            std::string changed = file.whole;
            const std::size_t at = random() % changed.size();
            changed[at] = static_cast<char>(changed[at] ^ (1 << (random() % 8)));
            write(file.path, changed);
            write(folder / "COMMIT", io::sha256(changed.data(), changed.size()) + "\n");
            const std::string what = "committed manifest, byte " + std::to_string(at);
            const auto error = errorOf(what, [&] { io::readCheckpoint(folder, /*deep=*/false); });
            if (error && error->code() != ExitCode::kCorruptCheckpoint) complain(what + ": " + error->what());
            refused += error ? 1 : 0;
        }
        write(file.path, file.whole);
        write(folder / "COMMIT", commit);
    }
    return refused;
}

/// Every shorter header of every file of tensors, by the checkpoint's sizes and by the reader alone.
std::int64_t cutHeaders(const fs::path& folder, const std::vector<File>& files) {
    std::int64_t cuts = 0;
    for (const File& file : files) {
        if (!file.tensors()) continue;
        std::uint64_t header = 0;
        std::memcpy(&header, file.whole.data(), sizeof header);
        for (std::uint64_t size = sizeof header + header; size-- > 0; ++cuts) {
            fs::resize_file(file.path, size);
            const std::string what = file.name + " cut to " + std::to_string(size);
            if (!tells(errorOf(what, [&] { const io::SafetensorsFile tensors(file.path); }), file.name))
                complain(what + ": opened");
            if (size % 256 != 0) continue;
            if (!tells(errorOf(what, [&] { io::readCheckpoint(folder, false); }), file.name))
                complain(what + ": not found");
        }
        write(file.path, file.whole);
    }
    return cuts;
}

int damage(const fs::path& folder, int flips, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const std::vector<File> files = filesOf(folder);
    io::readCheckpoint(folder, /*deep=*/true);
    const std::int64_t found = flipBits(folder, files, flips, random);
    const std::int64_t refused = flipCommittedManifests(folder, files, flips / 10, random);
    const std::int64_t cuts = cutHeaders(folder, files);
    io::readCheckpoint(folder, /*deep=*/true);  // put back as it was
    std::cout << nlohmann::json{{"files", files.size()},
                                {"flips", flips},
                                {"found", found},
                                {"committed_flips", flips / 10},
                                {"committed_refused", refused},
                                {"cuts", cuts},
                                {"failures", failures}}
              << '\n';
    return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: checkpoint_damage FOLDER FLIPS SEED\n";
        return 2;
    }
    try {
        return damage(argv[1], std::stoi(argv[2]), std::stoull(argv[3]));
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
