// SPDX-License-Identifier: MIT
// The control socket: its frames, who may talk, and that no client holds the supervisor up.
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QElapsedTimer>
#include <fstream>
#include <random>
#include <thread>

#include "core/base/launch/control_frame.h"
#include "core/base/launch/control_socket.h"
#include "tests/core/base/test_tools.h"

using namespace switchyard;
using namespace switchyard::test;
using nlohmann::json;

namespace {

/// A server in a thread, as a supervisor's loop would be.
class Server {
public:
    explicit Server(const fs::path& run_dir) : socket_(run_dir), thread_([this] { run(); }) {}
    ~Server() {
        stopping_ = true;
        thread_.join();
    }
    fs::path path() const { return socket_.path(); }
    std::int64_t longest_ms() const { return longest_ms_; }

private:
    void run() {
        while (!stopping_) {
            std::vector<pollfd> waits;
            socket_.addTo(&waits);
            poll(waits.data(), waits.size(), 20);
            QElapsedTimer timer;
            timer.start();
            socket_.serve([](const json& request) { return json{{"ok", true}, {"echo", request}}; });
            longest_ms_ = std::max<std::int64_t>(longest_ms_, timer.elapsed());
        }
    }
    launch::ControlSocket socket_;
    std::atomic<bool> stopping_ = false;
    std::atomic<std::int64_t> longest_ms_ = 0;
    std::thread thread_;
};

int connected(const fs::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string text = path.string();
    std::copy(text.begin(), text.end(), address.sun_path);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/// A socket's file that nobody listens on, as a killed supervisor leaves it.
bool leaveSocket(const fs::path& path) {
    const int dead = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(path.native().begin(), path.native().end(), address.sun_path);
    const bool bound = bind(dead, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(dead);
    return bound && fs::exists(path);
}

/// What the server says until it closes, or one frame.
launch::FramesRead answerOn(int fd) {
    std::string bytes;
    char buffer[4096];
    for (;;) {
        const ssize_t count = recv(fd, buffer, sizeof buffer, 0);
        if (count <= 0) return launch::readFrames(bytes);
        bytes.append(buffer, static_cast<std::size_t>(count));
        launch::FramesRead read = launch::readFrames(bytes);
        if (!read.frames.empty()) return read;
    }
}

std::string header(std::uint32_t length) {
    std::string bytes;
    for (int i = 0; i < 4; ++i) bytes += static_cast<char>(length >> (8 * i) & 0xff);
    return bytes;
}

}  // namespace

class ControlTest : public QObject {
    Q_OBJECT
    TempFolder folder_;

private Q_SLOTS:
    void initTestCase() { qputenv("XDG_RUNTIME_DIR", folder_.path().c_str()); }

    void framesComeBack() {
        const json first = {{"command", "status"}}, second = {{"a", {1, 2}}, {"b", "\u00e9"}};
        const std::string bytes = launch::frameOf(first) + launch::frameOf(second);
        // 4 bytes, little endian, then 20 bytes of text.
        QCOMPARE(launch::frameOf(first).substr(0, 4), std::string("\x14\0\0\0", 4));
        for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
            const launch::FramesRead read = launch::readFrames(std::string_view(bytes).substr(0, cut));
            QVERIFY2(read.refusal.empty(), read.refusal.c_str());
            const std::size_t whole = cut == bytes.size() ? 2 : cut >= 24 ? 1 : 0;
            QCOMPARE(read.frames.size(), whole);
            QCOMPARE(read.used, whole == 2 ? bytes.size() : whole * 24);
        }
        const launch::FramesRead read = launch::readFrames(bytes);
        QVERIFY(read.frames[0] == first && read.frames[1] == second);
    }

    void badFramesAreRefused_data() {
        QTest::addColumn<QByteArray>("bytes");
        const auto row = [](const char* name, const std::string& text) {
            QTest::newRow(name) << QByteArray::fromStdString(header(static_cast<std::uint32_t>(text.size())) + text);
        };
        QTest::newRow("no bytes") << QByteArray(4, '\0');
        QTest::newRow("too large") << QByteArray::fromStdString(header((1U << 20) + 1));
        QTest::newRow("largest number") << QByteArray(4, '\xff');
        row("no JSON", "pause");
        row("an array", "[1]");
        row("a number", "7");
        row("a key twice", R"({"command": "stop", "command": "kill"})");
        row("no UTF-8", "{\"a\": \"\xff\"}");
        row("a NUL behind", std::string("{}\0", 3));
        row("two values", "{}{}");
        row("deep", R"({"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}})");
    }
    void badFramesAreRefused() {
        QFETCH(QByteArray, bytes);
        const std::string good = launch::frameOf({{"command", "status"}});
        const launch::FramesRead read = launch::readFrames(good + bytes.toStdString());
        QVERIFY(!read.refusal.empty());
        QCOMPARE(read.frames.size(), std::size_t{1});
        QCOMPARE(read.used, good.size());
    }

    void anyBytesAreSafe() {
        std::mt19937 random(7);
        for (int round = 0; round < 20'000; ++round) {
            std::string bytes =
                launch::frameOf({{"command", "pause"}, {"n", round}}) + launch::frameOf({{"x", {1, nullptr}}});
            for (unsigned i = 0; i < 1 + random() % 4; ++i)
                bytes[random() % bytes.size()] = static_cast<char>(random());
            bytes.resize(random() % (bytes.size() + 1));
            const launch::FramesRead read = launch::readFrames(bytes);
            QVERIFY(read.used <= bytes.size());
            for (const json& frame : read.frames) QVERIFY(frame.is_object());
        }
    }

    void onlyItsUserSeesIt() {
        const Server server(folder_ / "run");
        struct stat info {};
        QVERIFY(lstat(server.path().c_str(), &info) == 0 && S_ISSOCK(info.st_mode));
        QCOMPARE(info.st_mode & 0777, 0600U);
        QVERIFY(lstat(server.path().parent_path().c_str(), &info) == 0);
        QCOMPARE(info.st_mode & 0777, 0700U);
        QCOMPARE(server.path().parent_path(), folder_ / "switchyard");
        QCOMPARE(launch::askSupervisor(server.path(), {{"command", "x"}})["echo"]["command"], json("x"));
    }

    void longPathsAndOpenFoldersAreHandled() {
        const fs::path deep = folder_ / std::string(90, 'd');
        fs::create_directories(deep);
        qputenv("XDG_RUNTIME_DIR", deep.c_str());
        const fs::path path = launch::controlSocketPath(folder_ / "run");
        qputenv("XDG_RUNTIME_DIR", folder_.path().c_str());
        QCOMPARE(path.parent_path(), fs::path("/tmp/switchyard-" + std::to_string(getuid())));
        const fs::path open = folder_ / "open";
        fs::create_directories(open / "switchyard");
        fs::permissions(open / "switchyard", fs::perms::all);
        qputenv("XDG_RUNTIME_DIR", open.c_str());
        const bool refused = throwsError(ExitCode::kIo, "private", [&] { launch::controlSocketPath(folder_ / "run"); });
        qputenv("XDG_RUNTIME_DIR", folder_.path().c_str());
        QVERIFY(refused);
        QVERIFY(launch::controlSocketPath(folder_ / "run") != launch::controlSocketPath(folder_ / "run2"));
        fs::create_symlink(folder_ / "run", folder_ / "link");
        fs::create_directories(folder_ / "run");
        QCOMPARE(launch::controlSocketPath(folder_ / "link"), launch::controlSocketPath(folder_ / "run"));
    }

    void aDeadSupervisorsSocketIsReplaced() {
        const fs::path run = folder_ / "stale", path = launch::controlSocketPath(run);
        QVERIFY(leaveSocket(path));
        QVERIFY(throwsError(ExitCode::kIo, "can not reach", [&] { launch::askSupervisor(path, {{"command", "x"}}); }));
        {
            const Server server(run);
            QVERIFY(launch::askSupervisor(path, {{"command", "x"}})["ok"].get<bool>());
        }
        QVERIFY(!fs::exists(path));
    }

    /// Of runs that will never start again: gone as soon as any other run starts.
    void deadSupervisorsSocketsAreSwept() {
        const auto hours_ago = fs::file_time_type::clock::now() - std::chrono::hours(2);
        const Server alive(folder_ / "alive");
        fs::last_write_time(alive.path(), hours_ago);
        const fs::path old = launch::controlSocketPath(folder_ / "old"), young = launch::controlSocketPath(folder_ / "young");
        QVERIFY(leaveSocket(old) && leaveSocket(young));
        fs::last_write_time(old, hours_ago);
        const fs::path other = old.parent_path() / "notes.txt";  // not one of ours
        std::ofstream(other) << "x";
        fs::last_write_time(other, hours_ago);
        const Server server(folder_ / "next");
        QVERIFY(!fs::exists(old));
        QVERIFY(fs::exists(young) && fs::exists(other));
        QVERIFY(launch::askSupervisor(alive.path(), {{"command", "x"}})["ok"].get<bool>());
        fs::remove(young);
        fs::remove(other);
    }

    void badClientsHoldNobodyUp() {
        const Server server(folder_ / "busy");
        const int silent = connected(server.path()), half = connected(server.path()), deaf = connected(server.path());
        QVERIFY(silent >= 0 && half >= 0 && deaf >= 0);
        const std::string frame = launch::frameOf({{"command", "status"}});
        QVERIFY(send(half, frame.data(), 7, 0) == 7);
        // Asks for ever and reads nothing.
        const std::string large = launch::frameOf({{"command", std::string(100'000, 'x')}});
        for (int i = 0; i < 50; ++i) {
            if (send(deaf, large.data(), large.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) break;
        }
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(launch::askSupervisor(server.path(), {{"command", "x"}})["echo"]["command"], json("x"));
        QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
        QVERIFY2(server.longest_ms() < 200, qPrintable(QString::number(server.longest_ms())));
        // The rest of the half frame is still answered.
        QVERIFY(send(half, frame.data() + 7, frame.size() - 7, 0) > 0);
        QCOMPARE(answerOn(half).frames.size(), std::size_t{1});
        // A silent one is dropped after its time.
        char byte = 0;
        timeval limit{15, 0};
        setsockopt(silent, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        QCOMPARE(recv(silent, &byte, 1, 0), ssize_t{0});
        for (const int fd : {silent, half, deaf}) close(fd);
    }

    void oversizedFrameIsRefusedByItsHeader() {
        const Server server(folder_ / "large");
        const int fd = connected(server.path());
        const std::string bytes = header(64 << 20);
        QVERIFY(send(fd, bytes.data(), bytes.size(), 0) == 4);
        const launch::FramesRead read = answerOn(fd);
        QCOMPARE(read.frames.size(), std::size_t{1});
        QVERIFY(contains(read.frames[0]["error"], "67108864"));
        char byte = 0;
        QCOMPARE(recv(fd, &byte, 1, 0), ssize_t{0});
        close(fd);
        QVERIFY(throwsError(ExitCode::kUsage, "too large", [] {
            launch::frameOf({{"a", std::string(1 << 20, 'x')}});
        }));
    }

    void tooManyClientsAreTold() {
        const Server server(folder_ / "many");
        std::vector<int> fds;
        for (int i = 0; i < 8; ++i) fds.push_back(connected(server.path()));
        QTest::qWait(200);
        QVERIFY(throwsError(ExitCode::kUsage, "too many", [&] {
            const json answer = launch::askSupervisor(server.path(), {{"command", "x"}});
            throw Error(ExitCode::kUsage, answer.value("error", "no error"));
        }));
        close(fds.back());
        fds.pop_back();
        // Asked until it is answered, and not once more: the last asker's place is free only when the server has seen it go.
        bool answered = false;
        QTRY_VERIFY_WITH_TIMEOUT(answered || (answered = launch::askSupervisor(server.path(), {{"command", "x"}})["ok"].get<bool>()), 10'000);
        for (const int fd : fds) close(fd);
    }

    void anotherUserIsRefused() {
        if (getuid() != 0) QSKIP("only root can become another user");
        const Server server(folder_ / "foreign");
        // Even with the folders and the socket open to all, which they never are.
        for (fs::path part = server.path(); part.string().size() > folder_.path().parent_path().string().size();
             part = part.parent_path()) {
            fs::permissions(part, fs::perms::all);
        }
        const pid_t child = fork();
        if (child == 0) {
            if (setresuid(65534, 65534, 65534) != 0) _exit(2);
            const int fd = connected(server.path());
            if (fd < 0) _exit(3);
            const launch::FramesRead read = answerOn(fd);
            _exit(read.frames.size() == 1 && contains(read.frames[0].dump(), "another user") ? 0 : 4);
        }
        int status = 0;
        QCOMPARE(waitpid(child, &status, 0), child);
        fs::permissions(folder_ / "switchyard", fs::perms::owner_all);
        QVERIFY(WIFEXITED(status));
        QCOMPARE(WEXITSTATUS(status), 0);
        QVERIFY(launch::askSupervisor(server.path(), {{"command", "x"}})["ok"].get<bool>());
    }
};

QTEST_GUILESS_MAIN(ControlTest)
#include "control_test.moc"
