// SPDX-License-Identifier: MIT
// COCO, VQA v2 and tar shards: what is read, and what is refused.
#include "core/base/dataset/formats.h"

#include "core/base/dataset/inspect.h"
#include "core/base/io/json_arrays.h"
#include "core/base/io/tar.h"
#include "support/tar_files.h"
#include "tests/core/base/test_tools.h"

using namespace switchyard;
using namespace switchyard::test;

namespace {

std::string picture(const TempFolder& folder, const std::string& name, std::uint8_t shade) {
    io::Image image{6, 5, std::vector<std::uint8_t>(90, shade)};
    fs::create_directories((folder / name).parent_path());
    io::writePng((folder / name).string(), image);
    return readFile(folder / name);
}

constexpr const char* kCoco = R"({"info": {"year": 2017, "deep": [[{"a": [1]}]]}, "images": [
  {"id": 9, "file_name": "b.png", "height": 5}, {"license": 3, "file_name": "a.png", "id": 4}],
 "licenses": [], "annotations": [{"image_id": 4, "id": 70, "caption": "A bike."},
  {"image_id": 9, "id": 71, "caption": "A caf\u00e9 \ud83d\ude00"}, {"image_id": 4, "id": 72, "caption": "Two\nwheels"}]})";
constexpr const char* kQuestions = R"({"data_subtype": "val2014", "questions": [
  {"image_id": 42, "question": "Is it?", "question_id": 420}, {"image_id": 42, "question": "What?", "question_id": 421},
  {"image_id": 7, "question": "Where?", "question_id": 70}]})";
constexpr const char* kAnswers = R"({"annotations": [
  {"question_id": 421, "multiple_choice_answer": "net", "answers": [{"answer": "net", "answer_id": 1},
   {"answer": "a net", "answer_id": 2}], "image_id": 42},
  {"question_id": 420, "multiple_choice_answer": "yes", "answers": [], "image_id": 42}], "data_subtype": "val2014"})";

std::string bytesOf(const QByteArray& bytes) {
    return bytes.toStdString();
}

}  // namespace

class FormatsTest : public QObject {
    Q_OBJECT

    static RunConfig configFor(const TempFolder& folder, DataFormat format, std::vector<std::string> files) {
        RunConfig config;
        config.data.format = format;
        config.data.root = folder.path().string();
        config.data.train = std::move(files);
        return config;
    }

private Q_SLOTS:
    void coco() {
        const TempFolder folder;
        picture(folder, "images/train2017/a.png", 10);
        picture(folder, "images/train2017/b.png", 20);
        folder.write("annotations/captions_train2017.json", kCoco);
        const auto data = dataset::openDataset(
            configFor(folder, DataFormat::kCoco, {"annotations/captions_train2017.json"}), dataset::Split::kTrain);
        QCOMPARE(data->samples().size(), std::size_t{2});
        const dataset::Sample& a = data->samples()[0];
        QCOMPARE(a.image, std::string("images/train2017/a.png"));
        QCOMPARE(a.texts, (std::vector<std::string>{"A bike.", "Two\nwheels"}));
        QCOMPARE(a.name, std::string("70"));
        QCOMPARE(data->samples()[1].texts, (std::vector<std::string>{"A caf\xc3\xa9 \xf0\x9f\x98\x80"}));
        QCOMPARE(int{data->picture(data->samples()[1]).pixels[0]}, 20);
        QVERIFY(data->pictureStamp(a) != data->pictureStamp(data->samples()[1]));
    }

    void cocoNamesWhatIsWrong() {
        const TempFolder folder;
        const auto read = [&](const std::string& text) {
            return [&folder, text] { dataset::readCoco(folder.write("captions_x.json", text), folder.path()); };
        };
        const std::string image = R"({"images": [{"id": 1, "file_name": "a.png"}], "annotations": [)";
        for (const auto& [text, part] : std::vector<std::pair<std::string, const char*>>{
                 {image + R"({"image_id": 2, "caption": "x"}]})", "entry 1: There is no image of the number 2"},
                 {image + R"({"image_id": 1, "caption": "x"}, {"image_id": 1, "caption": " "}]})",
                  "entry 2: An annotation needs"},
                 {image + R"({"image_id": "1", "caption": "x"}]})", "An annotation needs"},
                 {image + R"(7]})", "An annotation needs"},
                 {R"({"images": [{"id": 1.5, "file_name": "a"}]})", "An image needs"},
                 {R"({"images": [{"id": 1, "file_name": "a"}, {"id": 1, "file_name": "b"}]})",
                  "A second image of the number 1"},
                 {image + "]}", "The file has no captions"},
                 {"[1]", "Not a JSON object"},
                 {"17", "Not a JSON object"},  // found by fuzzing, as the next
                 {std::string("{\"images\": []}\0[", 16), "zero byte"},
                 {"", "The file is empty"},
                 {image, "Not valid JSON"},
                 {image + "]} x", "Not valid JSON"},
                 {"{\"a\": \"\xe9\"}", "Not UTF-8"},
                 {R"({"a": "\ud83d"})", "surrogate"},
                 {R"({"a": 1e999})", "64-bit"},
                 {"{\"a\": " + std::string(100'000, '['), "Nested deeper than 32"},
                 {"{\"a\": \"" + std::string(1'100'000, 'x') + "\"}", "longer than 1 MiB"},
                 {"{" + std::string(1'100'000, ' ') + "}", "longer than 1 MiB"}}) {
            QVERIFY2(throwsError(ExitCode::kBadData, part, read(text)), text.substr(0, 80).c_str());
        }
        std::string values = image + R"({"x": [1)";
        for (int i = 0; i < 11'000; ++i) values += ",1";
        QVERIFY(throwsError(ExitCode::kBadData, "more than 10000 values", read(values + "]}]}")));
        // All of them at once.
        std::vector<io::BadRow> bad;
        const auto rows = dataset::readCoco(
            folder.write("captions_x.json",
                         image + R"({"image_id": 2, "caption": "x"}, {"image_id": 1, "caption": "good"}, 3]})"),
            folder.path(), &bad);
        QCOMPARE(rows.size(), std::size_t{1});
        QCOMPARE(bad.size(), std::size_t{2});
    }

    void vqa2() {
        const TempFolder folder;
        picture(folder, "val2014/COCO_val2014_000000000042.jpg", 30);
        picture(folder, "val2014/COCO_val2014_000000000007.jpg", 40);
        folder.write("q.json", kQuestions);
        folder.write("a.json", kAnswers);
        for (const std::vector<fs::path>& files :
             {std::vector<fs::path>{folder / "q.json", folder / "a.json"}, {folder / "a.json", folder / "q.json"}}) {
            const auto rows = dataset::readVqa2(files, folder.path());
            QCOMPARE(rows.size(), std::size_t{3});
            QCOMPARE(rows[0].question, std::string("Is it?"));
            QCOMPARE(rows[0].answer, std::string("yes"));
            QCOMPARE(rows[1].answer, std::string("net"));
            QCOMPARE(rows[1].answers, (std::vector<std::string>{"net", "a net"}));
            QVERIFY(rows[0].answers.empty() && rows[2].answers.empty());
            QCOMPARE(rows[1].image, std::string("val2014/COCO_val2014_000000000042.jpg"));
            QCOMPARE(rows[2].id, std::string("70"));
            QVERIFY(rows[2].answer.empty());
        }
        RunConfig config = configFor(folder, DataFormat::kVqa2, {"q.json", "a.json"});
        config.task.kind = TaskKind::kVqa;
        const auto open = [&] { return dataset::openDataset(config, dataset::Split::kTrain); };
        QVERIFY(throwsError(ExitCode::kBadData, "q.json, entry 3: The row has no \"answer\"", open));
        std::string all = kAnswers;
        all.insert(all.find('[') + 1, R"({"question_id": 70, "multiple_choice_answer": "yes"}, )");
        folder.write("a.json", all);
        const auto data = open();
        QCOMPARE(data->labels()[0].classes, (std::vector<std::string>{"yes", "net"}));
        QCOMPARE(data->samples()[1].label, 1.0);
        QCOMPARE(data->samples()[1].texts, (std::vector<std::string>{"What?"}));
        QCOMPARE(data->samples()[1].picture, std::uint64_t{0});  // both questions are about one picture
        QCOMPARE(data->samples()[2].picture, std::uint64_t{1});
        QVERIFY(data->samples()[1].answers.empty());  // training takes one answer; evaluation looks at all of them
        config.data.eval = config.data.train;
        const auto evaluated = dataset::openDataset(config, dataset::Split::kEval, data->labels());
        QCOMPARE(evaluated->samples()[1].answers, (std::vector<std::string>{"net", "a net"}));
        QCOMPARE(int{data->picture(data->samples()[1]).pixels[0]}, 30);
        config.task.kind = TaskKind::kMultimodal;
        QVERIFY(throwsError(ExitCode::kBadConfig, "task.kind", open));
        const auto read = [&](const std::string& text) {
            return [&folder, text] { dataset::readVqa2({folder.write("x.json", text)}, folder.path()); };
        };
        QVERIFY(throwsError(ExitCode::kBadData, "There is no question of the number 421", read(kAnswers)));
        QVERIFY(throwsError(ExitCode::kBadData, "neither", read(R"({"images": [1]})")));
        QVERIFY(throwsError(ExitCode::kBadData, "data_subtype",
                            read(R"({"questions": [{"image_id": 1, "question": "q", "question_id": 1}]})")));
        QVERIFY(throwsError(
            ExitCode::kBadData, "data_subtype",
            read(R"({"data_subtype": "../../x", "questions": [{"image_id": 1, "question": "q", "question_id": 1}]})")));
        QVERIFY(throwsError(ExitCode::kBadData, "A question needs",
                            read(R"({"questions": [{"image_id": -1, "question": "q", "question_id": 1}]})")));
        QVERIFY(throwsError(
            ExitCode::kBadData, "A second annotation",
            read(
                R"({"annotations": [{"question_id": 1, "multiple_choice_answer": "a"}, {"question_id": 1, "multiple_choice_answer": "b"}]})")));
    }

    void tarShards() {
        const TempFolder folder;
        const QByteArray a = QByteArray::fromStdString(picture(folder, "a.png", 10)),
                         b = QByteArray::fromStdString(picture(folder, "b.png", 20));
        const QByteArray long_name = QByteArray(150, 'n') + "/000001";
        folder.write("s/0.tar",
                     bytesOf(tarEntry("./", "", '5') + tarEntry("000000.png", a) + tarEntry("000000.txt", " a dog \n") +
                             tarEntry("000000.cls", "7") + paxEntry(long_name + ".PNG", b) +
                             paxEntry(long_name + ".json", R"({"caption": "a cat", "width": 6})") + tarEnd()));
        folder.write("s/1.tar",
                     bytesOf(tarEntry("x.json", R"({"text": "two words"})") + tarEntry("x.jpg", a) + tarEnd()));
        const auto data =
            dataset::openDataset(configFor(folder, DataFormat::kTar, {"s/*.tar"}), dataset::Split::kTrain);
        QCOMPARE(data->samples().size(), std::size_t{3});
        QCOMPARE(data->samples()[0].name, std::string("0/000000"));
        QCOMPARE(data->samples()[0].texts, (std::vector<std::string>{"a dog"}));
        QCOMPARE(data->samples()[1].texts, (std::vector<std::string>{"a cat"}));
        QCOMPARE(data->samples()[1].image, (long_name + ".PNG").toStdString());
        QCOMPARE(data->samples()[2].texts, (std::vector<std::string>{"two words"}));
        QCOMPARE(data->shards(), (std::vector<std::uint64_t>{0, 2}));
        QCOMPARE(int{data->picture(data->samples()[1]).pixels[0]}, 20);
        QCOMPARE(int{data->picture(data->samples()[2]).pixels[0]}, 10);
        QCOMPARE(data->fitted(data->samples()[1], 4, ImageFit::kStretch).width, 4);
        QVERIFY(throwsError(ExitCode::kBadData, "No shard matches",
                            [&] { dataset::openTar({folder / "s/x*.tar"}, folder.path()); }));
        // A shard that loses its end while it is in use.
        fs::resize_file(folder / "s/1.tar", 600);
        QVERIFY(throwsError(ExitCode::kBadData, "sample 1/x", [&] { data->picture(data->samples()[2]); }));
    }

    void otherProgramsTars() {
        const TempFolder folder;
        const std::string deep = std::string(120, 'd') + "/" + std::string(30, 'e');
        picture(folder, deep + "/7.png", 50);
        folder.write(deep + "/7.txt", "words");
        for (const char* format : {"gnu", "pax", "ustar"}) {
            const std::string command = "tar --format=" + std::string(format) + " -cf " + (folder / "x.tar").string() +
                                        " -C " + folder.path().string() + " " + deep + "/7.png " + deep + "/7.txt";
            QCOMPARE(std::system(command.c_str()), 0);
            const auto samples = dataset::readTarShard(folder / "x.tar");
            QCOMPARE(samples.size(), std::size_t{1});
            QCOMPARE(samples[0].record.image, deep + "/7.png");
            QCOMPARE(samples[0].record.text, std::string("words"));
        }
    }

    void brokenTars() {
        const TempFolder folder;
        const QByteArray a = QByteArray::fromStdString(picture(folder, "a.png", 10));
        const QByteArray good = tarEntry("0.png", a) + tarEntry("0.txt", "a") + tarEnd();
        const auto read = [&](const QByteArray& bytes) {
            return [&folder, bytes] { dataset::readTarShard(folder.write("t.tar", bytesOf(bytes))); };
        };
        QByteArray wrong_sum = good;
        wrong_sum[3] = 'x';
        QByteArray no_number = good;
        no_number.replace(124, 4, "zzzz");
        const auto pax = [&](const QByteArray& text) { return tarEntry("p", text, 'x') + good; };
        for (const auto& [bytes, part] : std::vector<std::pair<QByteArray, const char*>>{
                 {{}, "The archive is empty"},
                 {wrong_sum, "check sum is wrong"},
                 {no_number, "check sum is wrong"},
                 {good.left(good.size() - 1024), "closing block"},
                 {good.left(700), "cut off"},
                 {good.left(100), "cut off"},
                 {tarHeader("0.png", 1LL << 32) + a + tarEnd(), "claims 4294967296 bytes"},
                 {pax("9 path=x\nxx"), "pax header is broken"},
                 {pax("30 path=x\n"), "pax header is broken"},
                 {pax("11 size=-1\n"), "pax header is broken"},
                 {pax("99999999999999999999 path=x\n"), "pax header is broken"},
                 {pax("22 GNU.sparse.major=1\n"), "Sparse"},
                 {tarEntry("p", QByteArray(1'100'000, 'x'), 'x') + good, "larger than 1 MiB"},
                 {tarEntry("p", QByteArray(5000, 'n'), 'L') + good, "longer than 4 KiB"},
                 {tarEntry("0.png", "", '2', "/etc/passwd") + good, "not a regular file"},
                 {tarEntry("0.png", "", '3') + good, "not a regular file"},
                 {tarEntry("0.png", "", '6') + good, "not a regular file"},
                 {tarEntry("0.png", a) + tarEnd(), "The sample has no text"},
                 {tarEntry("0.txt", "x") + tarEnd(), "The sample has no picture"},
                 {tarEntry("0.png", a) + tarEntry("0.jpg", a) + tarEnd(), "two pictures"},
                 {tarEntry("0.png", "") + tarEntry("0.txt", "x") + tarEnd(), "The picture file is empty"},
                 {tarEntry("0.png", a) + tarEntry("0.txt", "caf\xe9") + tarEnd(), "Not UTF-8"},
                 {tarEntry("0.png", a) + tarEntry("0.json", R"({"caption": "\ud83d"})") + tarEnd(), "surrogate"},
                 {tarEntry("0.png", a) + tarEntry("0.json", "{") + tarEnd(), "not valid JSON"},
                 {tarEntry("0.png", a) + tarEntry("0.json", "[]") + tarEnd(), "not a JSON object"},
                 {tarEntry("\xe9.png", a) + tarEntry("\xe9.txt", "x") + tarEnd(), "name is not UTF-8"},
                 {tarEntry("0.png", a) + tarEntry("0.txt", QByteArray(1'100'000, 'x')) + tarEnd(),
                  "longer than 1 MiB"}}) {
            QVERIFY2(throwsError(ExitCode::kBadData, part, read(bytes)), part);
        }
        // Names are only names.
        const auto outside = dataset::readTarShard(folder.write(
            "t.tar", bytesOf(tarEntry("../../etc/passwd.png", a) + tarEntry("../../etc/passwd.txt", "x") + tarEnd())));
        QCOMPARE(outside.size(), std::size_t{1});
        QCOMPARE(dataset::readTarPicture(folder / "t.tar", outside[0].place).size(),
                 static_cast<std::size_t>(a.size()));
        // No byte that is flipped does anything but fail or change what is read.
        for (qsizetype i = 0; i < good.size(); i += 5) {
            QByteArray broken = good;
            broken[i] = static_cast<char>(~broken[i]);
            const auto error = errorOf(read(broken));
            QVERIFY(!error || error->code() == ExitCode::kBadData);
        }
        for (qsizetype size = 0; size < good.size() - 512; size += 7)
            QVERIFY(throwsError(ExitCode::kBadData, "t.tar", read(good.left(size))));
    }

    void formatsAreRecognised() {
        const TempFolder folder;
        using dataset::FileFormat;
        QVERIFY(dataset::fileFormat("auto", "x.jsonl") == FileFormat::kJsonl);
        QVERIFY(dataset::fileFormat("auto", "x.tar") == FileFormat::kTar);
        QVERIFY(dataset::fileFormat("auto", "x.tsv") == FileFormat::kTsv);
        QVERIFY(dataset::fileFormat("auto", folder.write("c.json", kCoco)) == FileFormat::kCoco);
        QVERIFY(dataset::fileFormat("auto", folder.write("q.json", kQuestions)) == FileFormat::kVqa2);
        QVERIFY(dataset::fileFormat("auto", folder.write("a.json", kAnswers)) == FileFormat::kVqa2);
        QVERIFY(dataset::fileFormat("tar", "x.jsonl") == FileFormat::kTar);
        QVERIFY(throwsError(ExitCode::kUsage, "no format", [] { dataset::fileFormat("csv", "x"); }));
    }

    void tsv() {
        const TempFolder folder;
        const auto check = [&](const std::string& text) {
            return dataset::checkFiles({folder.write("t.tsv", text)}, dataset::FileFormat::kTsv, "", {});
        };
        const auto good = check("id\ttext\r\n1\ta \"quoted\" word\r\n2\t\"all of it\"");
        QVERIFY(good.problems.empty() && good.notes.empty());
        QCOMPARE(good.rows, std::int64_t{3});
        const auto bad = check("id\ttext\n1\n2\ta\tb\n3\tcaf\xe9\n4\t\"open\n" + std::string("5\t\0x\n", 5) + "6\t" +
                               std::string(1'100'000, 'x') + "\n");
        std::vector<std::int64_t> lines;
        for (const auto& row : bad.problems) lines.push_back(row.line);
        QCOMPARE(lines, (std::vector<std::int64_t>{2, 3, 4, 6, 7}));
        QCOMPARE(bad.problems[0].message, std::string("1 columns, the first line has 2"));
        QCOMPARE(bad.notes.size(), std::size_t{1});
        QCOMPARE(bad.notes[0].line, std::int64_t{5});
        QVERIFY(throwsError(ExitCode::kBadData, "no rows", [&] { check(""); }));
    }
};

QTEST_GUILESS_MAIN(FormatsTest)
#include "formats_test.moc"
