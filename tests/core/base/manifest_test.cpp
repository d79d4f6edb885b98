// SPDX-License-Identifier: MIT
#include <sys/stat.h>

#include "core/base/io/checkpoint_list.h"
#include "core/base/io/manifest.h"
#include "core/base/io/retention.h"
#include "core/base/io/safetensors.h"
#include "core/base/io/sha256.h"
#include "tests/core/base/test_tools.h"

using namespace switchyard;
using namespace switchyard::test;
using nlohmann::json;

namespace {

/// A checkpoint of two files, whose tensor "w" (4 x 3) is cut into rows 0-1 and 2-3.
io::Manifest writeFiles(const fs::path& folder) {
    fs::create_directories(folder);
    io::Manifest manifest;
    manifest.step = 1200;
    manifest.ranks = 2;
    manifest.created_by = "switchyard test";
    manifest.info = {{"samples", 38400}, {"nested", {{"a", {1, 2}}}}};
    const std::vector<float> half = {1, 2, 3, 4, 5, 6};
    for (int rank = 0; rank < 2; ++rank) {
        const std::string name = "model.r00" + std::to_string(rank) + "-of-002.safetensors";
        io::SafetensorsWriter writer(folder / name, {{"w", io::Dtype::kF32, {2, 3}}});
        writer.write("w", half.data(), 24);
        const auto finished = writer.finish();
        manifest.files.push_back({name, finished.bytes, finished.sha256, finished.block_sums});
        manifest.tensors.push_back({"w", name, "model", "F32", {4, 3}, {rank * 2, 0}, {2, 3}});
    }
    return manifest;
}

/// A committed checkpoint below `folder`.
fs::path makeCheckpoint(const TempFolder& folder) {
    const fs::path temporary = folder / ".tmp-step-00001200";
    const fs::path final_folder = folder / "step-00001200";
    io::commitCheckpoint(temporary, final_folder, writeFiles(temporary));
    return final_folder;
}

/// Changes the manifest and commits the change, as an attacker would.
void forge(const fs::path& checkpoint, const std::function<void(json&)>& change) {
    json manifest = json::parse(readFile(checkpoint / "manifest.json"));
    change(manifest);
    const std::string text = manifest.dump();
    std::ofstream(checkpoint / "manifest.json") << text;
    std::ofstream(checkpoint / "COMMIT") << io::sha256(text.data(), text.size());
}

bool refused(const fs::path& checkpoint, const std::string& part, bool deep = false) {
    const io::VerifyReport report = io::verifyCheckpoint(checkpoint, deep);
    return throwsError(ExitCode::kCorruptCheckpoint, part, [&] { io::readCheckpoint(checkpoint, deep); }) &&
           !report.ok && !report.problems.empty();
}

}  // namespace

class ManifestTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void commitsAndReads() {
        const TempFolder folder;
        const fs::path checkpoint = makeCheckpoint(folder);
        QVERIFY(!fs::exists(folder / ".tmp-step-00001200"));
        const io::Manifest manifest = io::readCheckpoint(checkpoint, true);
        QCOMPARE(manifest.step, 1200);
        QCOMPARE(manifest.ranks, 2);
        QCOMPARE(manifest.created_by, std::string("switchyard test"));
        QCOMPARE(manifest.info["nested"]["a"][1].get<int>(), 2);
        QCOMPARE(manifest.tensors.size(), std::size_t{2});
        QCOMPARE(manifest.tensors[1].offset, (std::vector<std::int64_t>{2, 0}));
        const io::VerifyReport report = io::verifyCheckpoint(checkpoint, true);
        QVERIFY(report.ok && report.problems.empty());
        QCOMPARE(report.files, 2);
        const std::string text = readFile(checkpoint / "manifest.json");
        QCOMPARE(readFile(checkpoint / "COMMIT"), io::sha256(text.data(), text.size()) + "\n");
        QCOMPARE(io::Manifest::fromJson(manifest.toJson(), "m").toJson(), manifest.toJson());
    }

    void doesNotReplaceACheckpoint() {
        const TempFolder folder;
        const fs::path checkpoint = makeCheckpoint(folder);
        const fs::path temporary = folder / ".tmp-again";
        const io::Manifest manifest = writeFiles(temporary);
        QVERIFY(throwsError(ExitCode::kIo, "place", [&] { io::commitCheckpoint(temporary, checkpoint, manifest); }));
        io::readCheckpoint(checkpoint, true);
        QVERIFY(throwsError(ExitCode::kIo, "", [&] { io::commitCheckpoint(folder / "none", folder / "x", manifest); }));
    }

    void listedWithWhatIsNoted() {
        const TempFolder folder;
        const fs::path checkpoint = makeCheckpoint(folder);
        QVERIFY(io::listCheckpoints(folder / "nothing here").empty());
        fs::create_directories(folder / "step-00000007");  // without a manifest
        fs::create_directories(folder / ".tmp-step-00002000");
        io::noteMetrics(checkpoint, {{"eval/retrieval/r10", 0.5}});
        std::vector<io::ListedCheckpoint> rows = io::listCheckpoints(checkpoint.parent_path());
        QCOMPARE(rows.size(), std::size_t{2});
        QVERIFY(!rows[0].ok() && rows[0].step == 7 && rows[0].verified_at == 0);
        QVERIFY(rows[1].ok());
        QCOMPARE(rows[1].step, 1200);
        QCOMPARE(rows[1].ranks, 2);
        QCOMPARE(rows[1].metrics.at("eval/retrieval/r10"), 0.5);
        QVERIFY(rows[1].saved_at > 1.7e9 && rows[1].bytes > 48);
        QCOMPARE(rows[1].verified_at, 0.0);

        io::noteVerified(checkpoint, {1.75e9, ""});
        QCOMPARE(io::verifiedNote(checkpoint).at, 1.75e9);
        QCOMPARE(io::listCheckpoints(checkpoint.parent_path())[1].verified_at, 1.75e9);
        QVERIFY(io::verifyCheckpoint(checkpoint, true).ok);
        // The note is of this checkpoint, not of another that was saved at the same step.
        forge(checkpoint, [](json& manifest) { manifest["info"]["samples"] = 1; });
        QCOMPARE(io::verifiedNote(checkpoint).at, 0.0);
        // What was found is told until somebody looks again.
        io::noteVerified(checkpoint, {1.76e9, "a hash differs \xff"});
        rows = io::listCheckpoints(checkpoint.parent_path());
        QVERIFY(!rows[1].ok() && rows[1].problem.starts_with("a hash differs") && rows[1].verified_at == 0);
        io::noteVerified(checkpoint, {1.77e9, ""});
        QVERIFY(io::listCheckpoints(checkpoint.parent_path())[1].ok());
        for (const char* broken : {"", "{", "[1]", "{\"at\": \"now\"}", "{\"at\": 5}"}) {
            std::ofstream(checkpoint / "verified.json") << broken;
            QCOMPARE(io::verifiedNote(checkpoint).at, 0.0);
        }
    }

    void withoutCommitThereIsNoCheckpoint() {
        const TempFolder folder;
        const fs::path checkpoint = makeCheckpoint(folder);
        fs::remove(checkpoint / "COMMIT");
        QVERIFY(refused(checkpoint, "COMMIT"));
        QVERIFY(refused(folder / "none", "COMMIT"));
        const fs::path other = folder / "other";
        fs::create_directory(other);
        folder.write("other/COMMIT", "x");
        QVERIFY(refused(other, "manifest.json"));
    }

    /// Every byte of the small files, and places all over the shards.
    void findsAFlippedBit() {
        const TempFolder folder;
        const fs::path checkpoint = makeCheckpoint(folder);
        for (const auto& entry : fs::directory_iterator(checkpoint)) {
            const fs::path file = entry.path();
            const std::string whole = readFile(file);
            for (std::size_t i = 0; i < whole.size(); ++i) {
                std::string broken = whole;
                broken[i] = static_cast<char>(broken[i] ^ (1 << (i % 8)));
                std::ofstream(file, std::ios::binary) << broken;
                const auto error = errorOf([&] { io::readCheckpoint(checkpoint, true); });
                const bool commits = file.filename() == "COMMIT";
                // COMMIT's own damage shows as a manifest that was not committed; its last line end means nothing.
                if (commits && i + 1 == whole.size()) continue;
                QVERIFY2(error && error->code() == ExitCode::kCorruptCheckpoint, file.c_str());
                QVERIFY2(contains(error->where(), commits ? "manifest.json" : file.filename().string()), error->what());
            }
            std::ofstream(file, std::ios::binary) << whole;
        }
        io::readCheckpoint(checkpoint, true);
    }

    void findsMissingShortAndSpecialFiles() {
        const TempFolder folder;
        const fs::path checkpoint = makeCheckpoint(folder);
        const fs::path shard = checkpoint / "model.r001-of-002.safetensors";
        const std::string whole = readFile(shard);
        fs::resize_file(shard, whole.size() - 1);
        QVERIFY(refused(checkpoint, "model.r001-of-002.safetensors"));
        fs::remove(shard);
        QVERIFY(refused(checkpoint, "missing"));
        QCOMPARE(mkfifo(shard.c_str(), 0600), 0);
        QVERIFY(refused(checkpoint, "Not a regular file", true));
        fs::remove(shard);
        folder.write("elsewhere", whole);
        fs::create_symlink(folder / "elsewhere", shard);
        QVERIFY(refused(checkpoint, "Not a regular file", true));
        fs::remove(checkpoint / "model.r000-of-002.safetensors");
        QCOMPARE(io::verifyCheckpoint(checkpoint, true).problems.size(), std::size_t{2});  // all at once
    }

    void verifyLooksIntoTheShards() {
        const TempFolder folder;
        const fs::path checkpoint = makeCheckpoint(folder);
        forge(checkpoint, [](json& m) {
            for (json& tensor : m["tensors"]) tensor["dtype"] = "I32";
        });
        QVERIFY(!io::verifyCheckpoint(checkpoint, true).ok);
    }

    void refusesForgedManifests_data() {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < forgeries().size(); ++i) QTest::newRow(forgeries()[i].first) << static_cast<int>(i);
    }
    void refusesForgedManifests() {
        QFETCH(int, index);
        const TempFolder folder;
        const fs::path checkpoint = makeCheckpoint(folder);
        forge(checkpoint, forgeries()[static_cast<std::size_t>(index)].second);
        QVERIFY(refused(checkpoint, "manifest.json"));
    }

    void refusesBrokenText() {
        for (const std::string& text :
             {std::string(), std::string("[]"), std::string("{}"), std::string("{\"format\":1,\"format\":1}"),
              "{\"a\":" + std::string(100'000, '['), std::string("{\"\xff\":1}")}) {
            QVERIFY(throwsError(ExitCode::kCorruptCheckpoint, "here", [&] { io::Manifest::fromJson(text, "here"); }));
        }
    }

private:
    using Forgery = std::pair<const char*, std::function<void(json&)>>;
    static const std::vector<Forgery>& forgeries() {
        static const std::vector<Forgery> kAll = {
            {"../ in a file name", [](json& m) { m["files"][0]["name"] = "../model"; }},
            {"absolute name", [](json& m) { m["files"][0]["name"] = "/etc/passwd"; }},
            {"..", [](json& m) { m["files"][0]["name"] = ".."; }},
            {"the manifest itself", [](json& m) { m["files"][0]["name"] = "manifest.json"; }},
            {"file twice", [](json& m) { m["files"][1]["name"] = m["files"][0]["name"]; }},
            {"SHA-256 too short", [](json& m) { m["files"][0]["sha256"] = "ab"; }},
            {"size is text", [](json& m) { m["files"][0]["bytes"] = "7"; }},
            {"size is negative", [](json& m) { m["files"][0]["bytes"] = -1; }},
            {"newer format", [](json& m) { m["format"] = 2; }},
            {"no format", [](json& m) { m.erase("format"); }},
            {"no step", [](json& m) { m.erase("step"); }},
            {"no ranks", [](json& m) { m["ranks"] = 0; }},
            {"info is a list", [](json& m) { m["info"] = json::array(); }},
            {"files is an object", [](json& m) { m["files"] = json::object(); }},
            {"unlisted file", [](json& m) { m["tensors"][0]["file"] = "other"; }},
            {"unknown kind", [](json& m) { m["tensors"][0]["kind"] = "code"; }},
            {"overlap",
             [](json& m) {
                 m["tensors"][1]["offset"] = {1, 0};
             }},
            {"hole", [](json& m) { m["tensors"].erase(1); }},
            {"hole between",
             [](json& m) {
                 m["tensors"][1]["shape"] = {1, 3};
             }},
            {"outside",
             [](json& m) {
                 m["tensors"][1]["offset"] = {3, 0};
             }},
            {"offset overflow",
             [](json& m) {
                 m["tensors"][1]["offset"] = {INT64_MAX, 0};
             }},
            {"shape overflow",
             [](json& m) {
                 m["tensors"][0]["global_shape"] = {INT64_MAX, INT64_MAX};
             }},
            {"shapes disagree",
             [](json& m) {
                 m["tensors"][1]["global_shape"] = {4, 4};
             }},
            {"dtypes disagree", [](json& m) { m["tensors"][1]["dtype"] = "F64"; }},
            {"dimensions disagree", [](json& m) { m["tensors"][1]["shape"] = {2}; }},
            {"negative shape",
             [](json& m) {
                 m["tensors"][1]["shape"] = {-2, 3};
             }},
        };
        return kAll;
    }
};

QTEST_GUILESS_MAIN(ManifestTest)
#include "manifest_test.moc"
