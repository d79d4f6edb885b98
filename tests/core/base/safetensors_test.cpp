// SPDX-License-Identifier: MIT
#include <sys/resource.h>

#include <csignal>
#include <cstring>

#include "core/base/io/checked_file.h"
#include "core/base/io/safetensors.h"
#include "core/base/io/sha256.h"
#include "tests/core/base/test_tools.h"

using namespace switchyard;
using namespace switchyard::test;
using io::Dtype;

namespace {

/// A file from a header's text and so many zero bytes of tensors.
std::string container(const std::string& header, std::size_t data_bytes) {
    std::string file(8, '\0');
    const std::uint64_t length = header.size();
    std::memcpy(file.data(), &length, 8);
    return file + header + std::string(data_bytes, '\0');
}

std::string entry(const std::string& name, const std::string& dtype, const std::string& shape,
                  const std::string& offsets) {
    return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
}

/// Written by Python's safetensors 0.8: b = int16 [[1, -2]], a = float32 3.5, metadata {"format": "pt"}.
const char* const kFromPython =
    "90000000000000007b225f5f6d657461646174615f5f223a7b22666f726d6174223a227074227d2c2261223a7b2264747970"
    "65223a22463332222c227368617065223a5b5d2c22646174615f6f666673657473223a5b302c345d7d2c2262223a7b226474"
    "797065223a22493136222c227368617065223a5b312c325d2c22646174615f6f666673657473223a5b342c385d7d7d202020"
    "2020000060400100feff";

}  // namespace

class SafetensorsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writesAndReads() {
        const TempFolder folder;
        const fs::path file = folder / "a.safetensors";
        const std::vector<float> weights = {0.5F, -1.25F, 3e38F, 0, 1, 2};
        const std::int64_t step = -7;
        io::SafetensorsWriter writer(
            file, {{"w", Dtype::kF32, {2, 3}}, {"step", Dtype::kI64, {}}, {"none", Dtype::kBf16, {0, 4}}},
            {{"made by", "a \"test\""}});
        writer.write("w", weights.data(), 24);
        writer.write("step", &step, 8);
        writer.write("none", nullptr, 0);
        const auto finished = writer.finish();
        QCOMPARE(finished.bytes, fs::file_size(file));
        QCOMPARE(finished.sha256, io::sha256File(file.string()));

        const io::SafetensorsFile read(file);
        QCOMPARE(read.entries().size(), std::size_t{3});
        QCOMPARE(read.metadata().at("made by"), std::string("a \"test\""));
        const io::TensorEntry* w = read.find("w");
        QVERIFY(w != nullptr && read.find("x") == nullptr);
        QCOMPARE(w->shape, (std::vector<std::int64_t>{2, 3}));
        QCOMPARE(std::memcmp(read.data(*w), weights.data(), 24), 0);
        QCOMPARE(reinterpret_cast<std::uintptr_t>(read.data(*w)) % 8, std::uintptr_t{0});
        QCOMPARE(std::memcmp(read.data(*read.find("step")), &step, 8), 0);
        QVERIFY(read.find("step")->shape.empty());
        QCOMPARE(read.find("none")->end, read.find("none")->begin);
    }

    void readsWhatPythonWrote() {
        const TempFolder folder;
        const io::SafetensorsFile read(folder.write("p", QByteArray::fromHex(kFromPython).toStdString()));
        QCOMPARE(read.metadata().at("format"), std::string("pt"));
        const std::int16_t b[] = {1, -2};
        const float a = 3.5F;
        QCOMPARE(read.find("b")->dtype, Dtype::kI16);
        QCOMPARE(read.find("b")->shape, (std::vector<std::int64_t>{1, 2}));
        QCOMPARE(std::memcmp(read.data(*read.find("b")), b, 4), 0);
        QCOMPARE(std::memcmp(read.data(*read.find("a")), &a, 4), 0);
    }

    void manyTensorsAcrossTheBuffer() {
        const TempFolder folder;
        std::vector<io::TensorEntry> entries;
        for (int i = 0; i < 40; ++i) entries.push_back({"t" + std::to_string(i), Dtype::kU8, {i * 17777}});
        entries.push_back({"large", Dtype::kU8, {9'000'001}});
        io::SafetensorsWriter writer(folder / "f", entries);
        std::vector<std::uint8_t> bytes(9'000'001);
        for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 31 + i / 251);
        for (const auto& tensor : entries)
            writer.write(tensor.name, bytes.data(), static_cast<std::uint64_t>(tensor.shape[0]));
        const auto finished = writer.finish();
        QCOMPARE(finished.sha256, io::sha256File((folder / "f").string()));
        QCOMPARE(finished.bytes, fs::file_size(folder / "f"));
        const io::SafetensorsFile read(folder / "f");
        for (const auto& tensor : read.entries()) {
            QCOMPARE(std::memcmp(read.data(tensor), bytes.data(), tensor.end - tensor.begin), 0);
        }
    }

    /// Files of one thread that are hashed two blocks at a time; one of them is given up on the way.
    void filesInTurns() {
        const TempFolder folder;
        constexpr std::array<std::size_t, 3> kSizes = {5 * io::kSumBlock + 1, 2 * io::kSumBlock, 3 * io::kSumBlock + 99};
        std::vector<std::uint8_t> bytes(kSizes[0]);
        for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 41 + i / 997);
        io::BlockHasher hasher;
        std::vector<std::unique_ptr<io::HashedFileWriter>> writers;
        for (std::size_t i = 0; i < 3; ++i) {
            writers.push_back(std::make_unique<io::HashedFileWriter>((folder / std::to_string(i)).string(), kSizes[i],
                                                                     io::WriteManner{{}, &hasher}));
        }
        std::array<std::size_t, 3> done{};
        for (std::size_t turn = 0; done != kSizes; ++turn) {
            if (turn == 4) {
                io::HashedFileWriter given_up((folder / "g").string(), 2 * io::kSumBlock, {{}, &hasher});
                given_up.write(bytes.data(), io::kSumBlock);
            }
            const std::size_t file = turn % 3, part = std::min(kSizes[file] - done[file], io::kSumBlock / 3 * (file + 1));
            writers[file]->write(bytes.data() + done[file], part);
            done[file] += part;
        }
        QVERIFY(!fs::exists(folder / "g"));
        for (std::size_t i = 0; i < 3; ++i) {
            const auto finished = writers[i]->finish();
            const std::string text(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(kSizes[i]));
            QCOMPARE(finished.sha256, io::sha256(text.data(), text.size()));
            QCOMPARE(readFile(folder / std::to_string(i)), text);
            QCOMPARE(finished.block_sums.size(), io::blocksOf(kSizes[i]));
        }
    }

    /// Any part of a file of several blocks, in any order; then with one bit changed.
    void partsAreCheckedWhileTheyAreRead() {
        const TempFolder folder;
        constexpr std::size_t kSize = 3 * io::kSumBlock + 12345;
        std::vector<std::uint8_t> bytes(kSize);
        for (std::size_t i = 0; i < kSize; ++i) bytes[i] = static_cast<std::uint8_t>(i * 37 + i / 1009);
        io::HashedFileWriter writer((folder / "f").string(), kSize);
        writer.write(bytes.data(), 77);
        writer.write(bytes.data() + 77, kSize - 77);
        const auto finished = writer.finish();
        QCOMPARE(finished.block_sums.size(), std::size_t{4});
        QCOMPARE(readFile(folder / "f"), std::string(bytes.begin(), bytes.end()));
        const std::vector<std::pair<std::size_t, std::size_t>> parts = {
            {0, kSize}, {5, 10}, {io::kSumBlock - 1, 2}, {kSize - 1, 1}, {io::kSumBlock, io::kSumBlock}, {7, 0}, {99, kSize - 99}};
        {
            io::CheckedFile read(folder / "f", finished.block_sums);
            for (const auto& [begin, count] : parts) {
                std::vector<std::uint8_t> part(count);
                read.read(begin, count, part.data());
                QVERIFY(std::equal(part.begin(), part.end(), bytes.begin() + static_cast<std::ptrdiff_t>(begin)));
            }
            std::uint8_t one = 0;
            QVERIFY(throwsError(ExitCode::kIo, "f", [&] { read.read(kSize, 1, &one); }));
        }
        bytes[2 * io::kSumBlock + 3] ^= 4;
        folder.write("f", std::string(bytes.begin(), bytes.end()));
        io::CheckedFile read(folder / "f", finished.block_sums);
        for (const auto& [begin, count] : parts) {
            std::vector<std::uint8_t> part(count);
            const bool touches = begin < 3 * io::kSumBlock && begin + count > 2 * io::kSumBlock && count > 0;
            if (touches) {
                QVERIFY(throwsError(ExitCode::kCorruptCheckpoint, "from byte 2097152", [&] { read.read(begin, count, part.data()); }));
            } else {
                read.read(begin, count, part.data());
            }
        }
        folder.write("f", std::string(bytes.begin(), bytes.begin() + 100));
        QVERIFY(throwsError(ExitCode::kCorruptCheckpoint, "length", [&] { io::CheckedFile(folder / "f", finished.block_sums); }));
    }

    void refusesWrongUse() {
        const TempFolder folder;
        const fs::path file = folder / "f";
        const float x = 1;
        QVERIFY(throwsError(ExitCode::kRunFailed, "Two tensors", [&] {
            io::SafetensorsWriter(file, {{"a", Dtype::kF32, {}}, {"a", Dtype::kF32, {}}});
        }));
        QVERIFY(throwsError(ExitCode::kRunFailed, "shape", [&] {
            io::SafetensorsWriter(file, {{"a", Dtype::kF32, {-1}}});
        }));
        QVERIFY(throwsError(ExitCode::kRunFailed, "shape", [&] {
            io::SafetensorsWriter(file, {{"a", Dtype::kF32, {INT64_MAX, INT64_MAX}}});
        }));
        {
            io::SafetensorsWriter writer(file, {{"a", Dtype::kF32, {}}, {"b", Dtype::kF32, {}}});
            QVERIFY(throwsError(ExitCode::kRunFailed, "next", [&] { writer.write("b", &x, 4); }));
            QVERIFY(throwsError(ExitCode::kRunFailed, "bytes", [&] { writer.write("a", &x, 3); }));
            writer.write("a", &x, 4);
            QVERIFY(throwsError(ExitCode::kIo, "1 tensors", [&] { writer.finish(); }));
        }
        QVERIFY(!fs::exists(file));  // unfinished: gone
        QVERIFY(throwsError(ExitCode::kIo, "none", [&] { io::SafetensorsWriter(folder / "none/f", {}); }));
    }

    void aFullDiskIsAnErrorAndLeavesNoFile() {
        const TempFolder folder;
        const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
        rlimit before{};
        getrlimit(RLIMIT_FSIZE, &before);
        rlimit small = before;
        small.rlim_cur = 4096;
        setrlimit(RLIMIT_FSIZE, &small);
        const std::vector<std::uint8_t> bytes(100'000);
        const bool refused = throwsError(ExitCode::kIo, "f", [&] {
            io::SafetensorsWriter writer(folder / "f", {{"a", Dtype::kU8, {100'000}}});
            writer.write("a", bytes.data(), bytes.size());
            writer.finish();
        });
        setrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, old_handler);
        QVERIFY(refused);
        QVERIFY(!fs::exists(folder / "f"));
    }

    void refusesBrokenHeaders_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("message");
        const auto add = [](const char* name, const std::string& header, std::size_t data, const char* message) {
            QTest::newRow(name) << QByteArray::fromStdString(container(header, data)) << QString(message);
        };
        const std::string a = entry("a", "F32", "[2]", "[0,8]");
        add("overlap", "{" + a + "," + entry("b", "F32", "[2]", "[4,12]") + "}", 12, "overlaps");
        add("same place", "{" + a + "," + entry("b", "F32", "[2]", "[0,8]") + "}", 8, "overlaps");
        add("hole", "{" + a + "," + entry("b", "F32", "[1]", "[12,16]") + "}", 16, "hole");
        add("hole at the start", "{" + entry("a", "F32", "[2]", "[4,12]") + "}", 12, "hole");
        add("bytes left over", "{" + a + "}", 9, "the file has 9");
        add("bytes missing", "{" + a + "}", 7, "the file has 7");
        add("wrong size", "{" + entry("a", "F32", "[3]", "[0,8]") + "}", 8, "do not fit");
        add("backwards", "{" + entry("a", "F32", "[2]", "[8,0]") + "}", 8, "do not fit");
        add("product overflow", "{" + entry("a", "F32", "[4294967296,4294967296]", "[0,0]") + "}", 0, "too large");
        add("overflow beside zero", "{" + entry("a", "U8", "[0,9223372036854775807,4]", "[0,0]") + "}", 0, "too large");
        add("bytes overflow", "{" + entry("a", "F64", "[4611686018427387904]", "[0,0]") + "}", 0, "too large");
        add("size 2^63", "{" + entry("a", "U8", "[9223372036854775808]", "[0,0]") + "}", 0, "no count");
        add("negative size", "{" + entry("a", "F32", "[-2]", "[0,8]") + "}", 8, "no count");
        add("fractional size", "{" + entry("a", "F32", "[2.0]", "[0,8]") + "}", 8, "no count");
        add("negative offset", "{" + entry("a", "F32", "[2]", "[-8,0]") + "}", 8, "data_offsets");
        add("three offsets", "{" + entry("a", "F32", "[2]", "[0,4,8]") + "}", 8, "data_offsets");
        add("duplicate tensor", "{" + a + "," + a + "}", 8, "twice");
        add("duplicate key in a tensor",
            "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "twice");
        add("unknown dtype", "{" + entry("a", "F8_E4M3", "[8]", "[0,8]") + "}", 8, "unknown dtype");
        add("dtype is no text", "{\"a\":{\"dtype\":7,\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "unknown dtype");
        add("missing dtype", "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "exactly");
        add("further key", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}}", 8, "exactly");
        add("tensor is a list", "{\"a\":[]}", 0, "exactly");
        add("metadata of numbers", "{\"__metadata__\":{\"a\":1}}", 0, "__metadata__");
        add("metadata is a list", "{\"__metadata__\":[]}", 0, "__metadata__");
        add("not UTF-8", "{\"\xff\":{}}", 0, "not UTF-8");
        add("lone surrogate", "{\"\\ud800\":{}}", 0, "not valid JSON");
        add("not JSON", "{\"a\":", 0, "not valid JSON");
        add("two values", "{}{}", 0, "not valid JSON");
        add("a list", "[]", 0, "not a JSON object");
        add("leading space", " {}", 0, "not a JSON object");
        add("empty", "", 0, "not valid JSON");
        add("deep", "{\"a\":" + std::string(100'000, '['), 0, "nested");
        for (const auto& [name, length] :
             {std::pair{"2^63", 1ULL << 63}, std::pair{"2^64-1", ~0ULL}, std::pair{"17 MiB", 17ULL << 20}}) {
            std::string bytes = container("{}", 0);
            const std::uint64_t value = length;
            std::memcpy(bytes.data(), &value, 8);
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << QString("16 MiB");
        }
        std::string beyond = container("{}", 0);
        beyond[0] = 3;
        QTest::newRow("one byte beyond the end") << QByteArray::fromStdString(beyond) << QString("within its header");
        QTest::newRow("a pickle") << QByteArray(
                                         "\x80\x02}q\x00X\x01\x00\x00\x00"
                                         "aq\x01K\x01s.",
                                         19)
                                  << QString("16 MiB");
    }
    void refusesBrokenHeaders() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, message);
        const TempFolder folder;
        const fs::path file = folder.write("f.safetensors", bytes.toStdString());
        QVERIFY(
            throwsError(ExitCode::kCorruptCheckpoint, message.toStdString(), [&] { io::SafetensorsFile read(file); }));
        QVERIFY(throwsError(ExitCode::kCorruptCheckpoint, "f.safetensors", [&] { io::SafetensorsFile read(file); }));
    }

    void refusesTruncationAtEveryByte() {
        const TempFolder folder;
        const std::string whole =
            container("{" + entry("a", "F32", "[2]", "[0,8]") + "," + entry("b", "U8", "[3]", "[8,11]") + "}", 11);
        { const io::SafetensorsFile fine(folder.write("f", whole)); }
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const fs::path file = folder.write("f", whole.substr(0, size));
            const auto error = errorOf([&] { io::SafetensorsFile read(file); });
            QVERIFY2(error && error->code() == ExitCode::kCorruptCheckpoint, std::to_string(size).c_str());
        }
        QVERIFY(throwsError(ExitCode::kIo, "none", [&] { io::SafetensorsFile read(folder / "none"); }));
        QVERIFY(throwsError(ExitCode::kCorruptCheckpoint, "regular", [&] { io::SafetensorsFile read(folder.path()); }));
    }
};

QTEST_GUILESS_MAIN(SafetensorsTest)
#include "safetensors_test.moc"
