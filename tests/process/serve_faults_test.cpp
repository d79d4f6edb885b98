// SPDX-License-Identifier: MIT
// What `switchyard serve` does when clients, workers or its owner behave badly: limits, tokens, a full queue, a worker
// that dies, being stopped, and requests that are none.
#include <zlib.h>

#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QtTest>
#include <future>

#include "support/pictures.h"
#include "support/raw_http.h"
#include "support/serving.h"
#include "support/training.h"

using namespace switchyard;
using namespace switchyard::test;
using nlohmann::json;

namespace {

const std::string kText = json{{"inputs", {textTensor("TEXT", {"a red circle"})}}}.dump();

httplib::Result post(const Serving& server, const std::string& body, const httplib::Headers& headers = {},
                     const std::string& model = "embed_text") {
    return server.client()->Post("/v2/models/" + model + "/infer", headers, body, "application/json");
}

int statusOf(const httplib::Result& result) {
    return result ? result->status : -1;
}

std::string errorOf(const httplib::Result& result) {
    return result ? json::parse(result->body, nullptr, false).value("error", "") : std::string();
}

std::string rawPost(const std::string& body, const std::string& more = {}) {
    return "POST /v2/models/embed_text/infer HTTP/1.1\r\nHost: localhost\r\n" + more +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string gzipOf(const std::string& text) {
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

/// Requests as a careless or hostile client makes them: bytes of a good one changed, cut, doubled, or lies about
/// lengths.
class Malformed {
public:
    Malformed(quint32 seed, std::string picture) : draw_(seed), picture_(std::move(picture)) {}

    std::string next() {
        std::string request = good();
        switch (draw_.bounded(6)) {
            case 0:
                break;  // a bad value inside good HTTP, made below
            case 1:
                request.resize(below(request.size()));
                break;
            case 2:
                for (int i = draw_.bounded(1, 12); i > 0; --i)
                    request[below(request.size())] = static_cast<char>(draw_.bounded(256));
                break;
            case 3:
                request.insert(below(request.size()), request.substr(below(request.size()), draw_.bounded(1, 200)));
                break;
            case 4:
                request.erase(below(request.size()), draw_.bounded(1, 40));
                break;
            default:
                request = std::string(static_cast<std::size_t>(draw_.bounded(1, 400)),
                                      static_cast<char>(draw_.bounded(256))) +
                          request;
        }
        return request;
    }

private:
    std::size_t below(std::size_t size) {
        return static_cast<std::size_t>(draw_.bounded(static_cast<quint32>(std::max<std::size_t>(1, size))));
    }

    std::string good() {
        static const std::vector<std::string> lies = {"-1",  "99999999999999999999", "0", "7", "abc", "1e9", " ",
                                                      "0x10"};
        std::string body = badBody(), more;
        if (draw_.bounded(3) == 0)
            more = "Inference-Header-Content-Length: " + std::to_string(below(body.size() + 20)) + "\r\n";
        if (draw_.bounded(8) == 0) more += "Inference-Header-Content-Length: " + lies[below(lies.size())] + "\r\n";
        if (draw_.bounded(10) == 0) more += "Transfer-Encoding: chunked\r\n";
        if (draw_.bounded(10) == 0)
            more += "Content-Encoding: " + std::string(draw_.bounded(2) == 0 ? "gzip" : "deflate") + "\r\n";
        if (draw_.bounded(10) == 0)
            more += "Range: bytes=" + lies[below(lies.size())] + "-" + lies[below(lies.size())] + "\r\n";
        if (draw_.bounded(12) == 0) more += "Content-Type: multipart/form-data; boundary=x\r\n";
        const std::string length = draw_.bounded(8) == 0 ? lies[below(lies.size())] : std::to_string(body.size());
        static const std::vector<std::string> paths = {"embed_text/infer",
                                                       "embed_image/infer",
                                                       "match/infer",
                                                       "embed_text/versions/1/infer",
                                                       "%00/infer",
                                                       "embed_text/%2e%2e/infer",
                                                       "../../metrics",
                                                       "embed_text/config",
                                                       "",
                                                       "x y/infer"};
        static const std::vector<std::string> methods = {"POST", "POST", "POST",   "POST", "GET",
                                                         "PUT",  "HEAD", "DELETE", "PRI",  "post"};
        return methods[below(methods.size())] + " /v2/models/" + paths[below(paths.size())] + " HTTP/1." +
               std::to_string(draw_.bounded(3)) + "\r\nHost: localhost\r\n" + more + "Content-Length: " + length +
               "\r\n\r\n" + body;
    }

    std::string badBody() {
        json request = {{"inputs", {textTensor("TEXT", {"a red circle"})}}};
        json& input = request["inputs"][0];
        switch (draw_.bounded(14)) {
            case 0:
                input["shape"] = {draw_.bounded(100'000), draw_.bounded(5)};
                break;
            case 1:
                input["shape"] = {-1};
                break;
            case 2:
                input["datatype"] = "FP32";
                break;
            case 3:
                input["data"] = {1, nullptr, {{"a", 2}}};
                break;
            case 4:
                input["parameters"] = {{"binary_data_size", draw_.bounded(1 << 30)}};
                break;
            case 5:
                request["outputs"] = {{{"name", "LOGIT"}}, 4};
                break;
            case 6:
                request["parameters"] = {{"k", -5}, {"task", json::array()}};
                break;
            case 7:
                return std::string(static_cast<std::size_t>(draw_.bounded(1, 5000)), '[');
            case 8:
                input["name"] = std::string(static_cast<std::size_t>(draw_.bounded(5000)), 'x');
                break;
            case 9:
                input["data"] = {std::string("\xff\xfe", 2), "\xed\xa0\x80"};
                break;
            case 10: {
                std::string data = picture_;
                for (int i = draw_.bounded(1, 30); i > 0; --i)
                    data[below(data.size())] = static_cast<char>(draw_.bounded(256));
                input = textTensor("IMAGE", {QByteArray::fromStdString(data).toBase64().toStdString()});
                break;
            }
            case 11:
                request["inputs"] = json::object();
                break;
            case 12:
                input["shape"] = {1e300};
                break;
            default:
                request["inputs"].push_back(input);
        }
        return request.dump(-1, ' ', false, json::error_handler_t::replace);
    }

    QRandomGenerator draw_;
    std::string picture_;
};

}  // namespace

class ServeFaultsTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Serving> server_;

private Q_SLOTS:
    void initTestCase() {
        server_ = std::make_unique<Serving>();
        QVERIFY2(server_->listens(), server_->process().readAllStandardError().constData());
    }

    void onlyThisMachineIsListenedFor() {
        QCOMPARE(listeningAddresses(server_->pid()), QSet<QString>{"127.0.0.1"});
        for (const qint64 worker : server_->workers()) QVERIFY(listeningAddresses(worker).isEmpty());
        QCOMPARE(statusOf(post(*server_, kText, {{"Host", "attacker.example"}})), 403);
        QCOMPARE(statusOf(post(*server_, kText, {{"Host", "localhost:1"}})), 200);
        const Outcome refused = cli({"serve", "--checkpoint", demoCheckpoint(), "--port", "0", "--bind", "0.0.0.0"},
                                    30'000, {{"SWITCHYARD_TOKEN", ""}});
        QCOMPARE(refused.code, 2);
        QCOMPARE(refused.errorLines().size(), 1);
        QVERIFY(refused.err.contains("token"));
        QCOMPARE(cli({"serve", "--checkpoint", demoCheckpoint(), "--port", "0", "--bind", "0.0.0.0"}, 30'000,
                     {{"SWITCHYARD_TOKEN", "short"}})
                     .code,
                 2);
        QCOMPARE(cli({"serve", "--checkpoint", demoCheckpoint(), "--bind", "nowhere"}).code, 2);
    }

    void startsThatFailSaySoInALine() {
        QTemporaryDir empty;
        const Outcome nothing = cli({"serve", "--checkpoint", empty.path(), "--port", "0"});
        QCOMPARE(nothing.code, 74);
        QVERIFY(nothing.err.contains("there is no checkpoint here"));
        const Outcome taken =
            cli({"serve", "--checkpoint", demoCheckpoint(), "--port", QString::number(server_->port()), "--json"});
        QCOMPARE(taken.code, 74);
        QCOMPARE(taken.errorLines().size(), 1);
        const QJsonObject told = taken.json();
        QVERIFY(told["error"]["fix"].toString().contains("--port"));
    }

    void aTokenIsAskedFor() {
        const QString token = "0123456789abcdef0123456789abcdef";
        Serving server({"--bind", "0.0.0.0"}, demoCheckpoint(), {{"SWITCHYARD_TOKEN", token}});
        QVERIFY2(server.listens(), server.process().readAllStandardError().constData());
        QCOMPARE(listeningAddresses(server.pid()), QSet<QString>{"0.0.0.0"});
        const std::string right = "Bearer " + token.toStdString();
        QCOMPARE(statusOf(post(server, kText)), 401);
        for (const std::string& wrong : {std::string("Bearer "), std::string("Bearer x"),
                                         right.substr(0, right.size() - 1), right + "0", token.toStdString()})
            QCOMPARE(statusOf(post(server, kText, {{"Authorization", wrong}})), 401);
        QCOMPARE(statusOf(post(server, kText, {{"Authorization", right}, {"Host", "gpu.example"}})), 200);
        QCOMPARE(statusOf(server.client()->Get("/v2/models/embed_text")), 401);
        QCOMPARE(statusOf(server.client()->Get("/metrics")), 401);
        QCOMPARE(statusOf(server.client()->Get("/v2/health/live")), 200);
        QFile arguments(QString("/proc/%1/cmdline").arg(server.pid()));
        QVERIFY(arguments.open(QIODevice::ReadOnly) && !arguments.readAll().contains(token.toUtf8()));
    }

    void requestsAreRefusedWithAReason_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* name, const std::string& body, int status, const char* says,
                            const char* model = "embed_text") {
            QTest::newRow(name) << QByteArray::fromStdString(body) << QByteArray(model) << status << QByteArray(says);
        };
        const json text = textTensor("TEXT", {"a red circle"});
        row("no JSON", "{", 400, "not valid JSON");
        row("a key twice", "{\"inputs\": [], \"inputs\": []}", 400, "stands twice");
        row("deep", std::string(100'000, '['), 400, "nested deeper");
        std::string numbers = "{\"inputs\": [0";
        for (int i = 0; i < 100'000; ++i) numbers += ",0";
        row("a hundred thousand values", numbers + "]}", 400, "more than");
        row("no input", "{\"inputs\": []}", 400, "missing");
        row("another input", json{{"inputs", {textTensor("WORDS", {"x"})}}}.dump(), 400, "no input \"WORDS\"");
        row("twice", json{{"inputs", {text, text}}}.dump(), 400, "more inputs");
        row("no such model", kText, 404, "embed_image", "nothing");
        row("too many rows", json{{"inputs", {textTensor("TEXT", std::vector<std::string>(33, "x"))}}}.dump(), 413,
            "at most 32 rows");
        json odd = text;
        odd["shape"] = {2};
        row("shape", json{{"inputs", {odd}}}.dump(), 400, "1 values where its shape says 2");
        row("empty text", json{{"inputs", {textTensor("TEXT", {""})}}}.dump(), 400, "empty");
        row("long text", json{{"inputs", {textTensor("TEXT", {std::string(70'000, 'x')})}}}.dump(), 413,
            "at most 65536 bytes");
        row("NUL", json{{"inputs", {textTensor("TEXT", {std::string("a\0b", 3)})}}}.dump(), 400, "UTF-8");
        row("no picture", json{{"inputs", {textTensor("IMAGE", {"bm90IGEgcGljdHVyZQ=="})}}}.dump(), 400,
            "JPEG, PNG or WebP", "embed_image");
        row("no base64", json{{"inputs", {textTensor("IMAGE", {"***"})}}}.dump(), 400, "base64", "embed_image");
        // 65500 x 32700 in 33 bytes of PNG.
        const std::string huge("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff\xdc\0\0\x7f\xbc\x08\x02\0\0\0\0\0\0\0", 33);
        row("huge picture",
            json{{"inputs", {textTensor("IMAGE", {QByteArray::fromStdString(huge).toBase64().toStdString()})}}}.dump(),
            400, "64 million", "embed_image");
        row("parameter", json{{"parameters", {{"top", 3}}}, {"inputs", {text}}}.dump(), 400, "no parameter \"top\"");
        row("output", json{{"outputs", {{{"name", "LOGIT"}}}}, {"inputs", {text}}}.dump(), 400, "no output \"LOGIT\"");
    }

    void requestsAreRefusedWithAReason() {
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, model);
        QFETCH(int, status);
        QFETCH(QByteArray, says);
        const httplib::Result result = post(*server_, body.toStdString(), {}, model.toStdString());
        QVERIFY(result);
        QCOMPARE(result->status, status);
        QVERIFY2(QByteArray::fromStdString(errorOf(result)).contains(says), result->body.c_str());
        QCOMPARE(statusOf(post(*server_, kText)), 200);
    }

    void aBadRowSpoilsOnlyItsOwnRequest() {
        QTemporaryDir temp;
        QVERIFY(!writePictures(QDir(temp.path())).isEmpty());
        const std::string good = fileBytes(temp.filePath("red-circle.png"));
        Serving server({"--window-ms", "300"});
        const auto ask = [&](const std::string& picture) {
            const BinaryRequest request = binaryRequest("IMAGE", {picture});
            return server.client()->Post("/v2/models/embed_image/infer", request.headers, request.body,
                                         "application/octet-stream");
        };
        std::future<httplib::Result> cut = std::async(std::launch::async, ask, good.substr(0, good.size() / 2)),
                                     whole = std::async(std::launch::async, ask, good);
        const httplib::Result refused = cut.get(), answered = whole.get();
        QCOMPARE(statusOf(refused), 400);
        QVERIFY2(errorOf(refused).find("IMAGE") != std::string::npos, errorOf(refused).c_str());
        QCOMPARE(statusOf(answered), 200);
        QCOMPARE(server.metric("switchyard_batch_rows_sum{model=\"embed_image\"}"), 2.0);
        QCOMPARE(server.metric("switchyard_batch_rows_count{model=\"embed_image\"}"), 1.0);
    }

    void framingThatCouldBeReadInTwoWaysIsRefused() {
        const auto answer = [&](const std::string& bytes) {
            RawConnection connection(server_->port());
            connection.send(bytes);
            connection.endOfRequest();
            return connection.readAll(10'000);
        };
        const std::string head = "POST /v2/models/embed_text/infer HTTP/1.1\r\nHost: localhost\r\n";
        QCOMPARE(test::statusOf(answer(head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef")), 400);
        QCOMPARE(test::statusOf(answer(head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")),
                 400);
        QCOMPARE(test::statusOf(answer(head + "Content-Length: -1\r\n\r\n")), 400);
        QCOMPARE(test::statusOf(answer(head + "Content-Length: 99999999999999999999999\r\n\r\n")), 400);
        QCOMPARE(test::statusOf(answer(head + "Content-Length: 99999999999\r\n\r\n")), 413);
        QCOMPARE(test::statusOf(answer(head + "Content-Encoding: zstd\r\nContent-Length: 3\r\n\r\nabc")), 415);
        QCOMPARE(test::statusOf(answer("PUT /v2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx")), 405);
        QCOMPARE(test::statusOf(answer("GET /" + std::string(4'000, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n")),
                 414);
        QCOMPARE(test::statusOf(
                     answer("GET /v2 HTTP/1.1\r\nHost: localhost\r\nA: " + std::string(200'000, 'a') + "\r\n\r\n")),
                 400);
        // What follows a refused body is not taken for a request.
        const std::string smuggled = answer(
            rawPost("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", "Host: elsewhere\r\nContent-Length: 1\r\n"));
        QCOMPARE(test::statusOf(smuggled), 400);
        QVERIFY(smuggled.find("switchyard_requests_total") == std::string::npos);
        // Two good ones on one connection are both answered.
        const std::string both =
            answer(rawPost(kText) + "GET /v2/health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        QCOMPARE(QByteArray::fromStdString(both).count("HTTP/1.1 200"), 2);
    }

    void bodiesAreBounded() {
        // 64 MiB of spaces in 64 kB.
        const std::string bomb = gzipOf(std::string(64 << 20, ' ') + kText);
        QVERIFY(bomb.size() < (1 << 17));
        const qint64 before = residentKib(server_->pid());
        QCOMPARE(statusOf(post(*server_, bomb, {{"Content-Encoding", "gzip"}})), 413);
        QVERIFY2(residentKib(server_->pid()) - before < 80'000, "the bomb went off");
        QCOMPARE(statusOf(post(*server_, gzipOf(kText), {{"Content-Encoding", "gzip"}})), 200);
        // Chunks without end.
        RawConnection connection(server_->port());
        QVERIFY(connection.send(
            "POST /v2/models/embed_text/infer HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"));
        std::string chunk = "10000\r\n" + std::string(0x10000, ' ') + "\r\n";
        int sent = 0;
        while (sent < 4'000 && connection.send(chunk)) ++sent;
        QVERIFY2(sent < 1'000, "250 MiB were taken");
        QCOMPARE(statusOf(post(*server_, kText)), 200);
    }

    void slowClientsAreCutOffAndOthersServed() {
        Serving server({"--connections", "3"});
        RawConnection slow(server.port());
        QVERIFY(slow.send("POST /v2/models/embed_text/infer HTT"));
        QElapsedTimer timer;
        timer.start();
        std::future<void> drip = std::async(std::launch::async, [&] {
            for (int i = 0; i < 30 && slow.send("P"); ++i) QThread::msleep(500);
        });
        RawConnection second(server.port()), third(server.port());
        QVERIFY(second.send("GET") && third.send("GET"));
        QTRY_COMPARE(test::statusOf([&] {
                         RawConnection fourth(server.port());
                         fourth.send("GET /v2/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
                         return fourth.readAll(2'000);
                     }()),
                     503);
        slow.readAll(20'000);
        QVERIFY(slow.closed());
        QVERIFY2(timer.elapsed() > 8'000 && timer.elapsed() < 18'000, qPrintable(QString::number(timer.elapsed())));
        drip.wait();
        second.readAll(10'000);
        QCOMPARE(statusOf(post(server, kText)), 200);
        QVERIFY(server.metric("switchyard_connections_refused_total") >= 1);
    }

    void aFullQueueRefuses() {
        Serving server({"--queue", "4", "--max-batch", "2", "--window-ms", "0"});
        QVERIFY(server.listens());
        const qint64 worker = server.workers().value(0);
        QVERIFY(worker > 0 && ::kill(static_cast<pid_t>(worker), SIGSTOP) == 0);
        std::vector<std::future<httplib::Result>> all;
        for (int i = 0; i < 12; ++i) all.push_back(std::async(std::launch::async, [&] { return post(server, kText); }));
        QTRY_COMPARE(server.metric("switchyard_queue_rows"), 4.0);
        QTRY_VERIFY(server.metric("switchyard_requests_total{model=\"embed_text\",code=\"429\"}") >= 6);
        ::kill(static_cast<pid_t>(worker), SIGCONT);
        int good = 0, refused = 0;
        for (std::future<httplib::Result>& one : all) {
            const httplib::Result result = one.get();
            QVERIFY(result);
            if (result->status == 200) ++good;
            if (result->status != 429) continue;
            ++refused;
            QCOMPARE(result->get_header_value("Retry-After"), std::string("1"));
        }
        QCOMPARE(good + refused, 12);
        QVERIFY(good >= 4 && refused >= 6);
    }

    void aWorkerThatDiesIsReplacedAndTheOtherGoesOn() {
        Serving server({"--workers", "2"});
        QVERIFY(server.listens());
        QCOMPARE(server.workers().size(), 2);
        const qint64 victim = server.workers().first();
        // It dies with a request in its hands: both are stopped, so that it is known to have one.
        for (const qint64 worker : server.workers()) ::kill(static_cast<pid_t>(worker), SIGSTOP);
        std::future<httplib::Result> first = std::async(std::launch::async, [&] { return post(server, kText); });
        QThread::msleep(300);
        std::future<httplib::Result> second = std::async(std::launch::async, [&] { return post(server, kText); });
        QThread::msleep(300);
        ::kill(static_cast<pid_t>(victim), SIGKILL);
        for (const qint64 worker : server.workers())
            if (worker != victim) ::kill(static_cast<pid_t>(worker), SIGCONT);
        const httplib::Result a = first.get(), b = second.get();
        QVERIFY2((statusOf(a) == 500) != (statusOf(b) == 500), "one of the two is lost");
        QCOMPARE(statusOf(a) + statusOf(b), 700);
        QCOMPARE(errorOf(statusOf(a) == 500 ? a : b), std::string("the worker failed while it computed"));
        for (int i = 0; i < 20; ++i) QCOMPARE(statusOf(post(server, kText)), 200);
        QTRY_COMPARE_WITH_TIMEOUT(server.metric("switchyard_workers_ready"), 2.0, 30'000);
        QCOMPARE(server.metric("switchyard_worker_restarts_total"), 1.0);
        QCOMPARE(server.workers().size(), 2);
        QVERIFY(!server.workers().contains(victim));
    }

    void workersDieWithTheServer() {
        Serving server({"--workers", "2"});
        QVERIFY(server.listens());
        const QList<qint64> workers = server.workers();
        QCOMPARE(workers.size(), 2);
        ::kill(static_cast<pid_t>(server.pid()), SIGKILL);
        for (const qint64 worker : workers) QTRY_VERIFY_WITH_TIMEOUT(!alive(worker), 2'000);
    }

    void stoppingFinishesWhatIsUnderWay() {
        Serving server;
        QVERIFY(server.listens());
        const qint64 worker = server.workers().value(0);
        const auto idle = server.client();
        QCOMPARE(statusOf(idle->Get("/v2/health/ready")), 200);
        ::kill(static_cast<pid_t>(worker), SIGSTOP);
        std::vector<std::future<httplib::Result>> under_way;
        for (int i = 0; i < 5; ++i)
            under_way.push_back(std::async(std::launch::async, [&] { return post(server, kText); }));
        QThread::msleep(500);
        ::kill(static_cast<pid_t>(server.pid()), SIGTERM);
        QTRY_VERIFY(listeningAddresses(server.pid()).isEmpty());
        QVERIFY(!RawConnection(server.port()).connected());
        ::kill(static_cast<pid_t>(worker), SIGCONT);
        for (std::future<httplib::Result>& one : under_way) QCOMPARE(statusOf(one.get()), 200);
        QVERIFY(server.process().waitForFinished(10'000));
        QCOMPARE(server.process().exitStatus(), QProcess::NormalExit);
        QCOMPARE(server.process().exitCode(), 0);
        QVERIFY(!alive(worker));
    }

    void stoppingHasALimit() {
        Serving server({"--drain-s", "1"});
        QVERIFY(server.listens());
        const qint64 worker = server.workers().value(0);
        ::kill(static_cast<pid_t>(worker), SIGSTOP);
        std::future<httplib::Result> lost = std::async(std::launch::async, [&] { return post(server, kText); });
        QThread::msleep(300);
        ::kill(static_cast<pid_t>(server.pid()), SIGINT);
        QVERIFY(server.process().waitForFinished(8'000));
        QCOMPARE(server.process().exitCode(), 0);
        QVERIFY(server.process().readAllStandardError().contains("given up"));
        QTRY_VERIFY_WITH_TIMEOUT(!alive(worker), 2'000);
        QVERIFY(!lost.get());
    }

    void aWorkerThatHangsIsReplaced() {
        Serving server({"--answer-s", "1"});
        QVERIFY(server.listens());
        ::kill(static_cast<pid_t>(server.workers().value(0)), SIGSTOP);
        const httplib::Result hung = post(server, kText);
        QCOMPARE(statusOf(hung), 500);
        QTRY_COMPARE_WITH_TIMEOUT(statusOf(post(server, kText)), 200, 30'000);
        QVERIFY(server.process().readAllStandardError().contains("did not answer in time"));
    }

    /// SWITCHYARD_FUZZ: how many, in place of the few thousand that a quick test takes.
    void malformedRequestsNeverEndIt() {
        QTemporaryDir temp;
        QVERIFY(!writePictures(QDir(temp.path())).isEmpty());
        const int count = qEnvironmentVariable("SWITCHYARD_FUZZ", "3000").toInt();
        const QList<qint64> workers = server_->workers();
        Malformed malformed(20'261'127, fileBytes(temp.filePath("blue-square.png")));
        std::map<int, int> statuses;
        qint64 early_kib = 0, early_worker_kib = 0;
        for (int i = 0; i < count; ++i) {
            RawConnection connection(server_->port());
            QVERIFY(connection.connected());
            connection.send(malformed.next());
            connection.endOfRequest();
            const std::string answer = connection.readAll(60'000);
            QVERIFY2(connection.closed(), "a connection was left hanging");
            ++statuses[test::statusOf(answer)];
            if (i == count / 5) {
                early_kib = residentKib(server_->pid());
                early_worker_kib = residentKib(workers.value(0));
            }
        }
        QString told;
        for (const auto& [status, times] : statuses) told += QString(" %1: %2").arg(status).arg(times);
        qInfo("%d requests; statuses%s; memory %lld -> %lld KiB, worker %lld -> %lld KiB", count, qPrintable(told),
              early_kib, residentKib(server_->pid()), early_worker_kib, residentKib(workers.value(0)));
        QVERIFY(statuses[400] > count / 10);
        QCOMPARE(statuses.count(500) + statuses.count(503) + statuses.count(504), std::size_t{0});
        QCOMPARE(server_->workers(), workers);
        QCOMPARE(server_->metric("switchyard_worker_restarts_total"), 0.0);
        QCOMPARE(statusOf(post(*server_, kText)), 200);
        QVERIFY(residentKib(server_->pid()) - early_kib < 30'000);
        QVERIFY(residentKib(workers.value(0)) - early_worker_kib < 60'000);
    }
};

QTEST_GUILESS_MAIN(ServeFaultsTest)
#include "serve_faults_test.moc"
