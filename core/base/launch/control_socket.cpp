// SPDX-License-Identifier: MIT
#include "core/base/launch/control_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/base/io/sha256.h"
#include "core/base/launch/control_frame.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::launch {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostClients = 8;
constexpr std::size_t kReadAtOnce = 64 << 10;
constexpr auto kLongestSilence = std::chrono::seconds(10);
constexpr std::size_t kNameBytes = 21;  // 16 digits and ".sock"

sockaddr_un addressOf(const fs::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string text = path.string();
    if (text.size() >= sizeof address.sun_path) {
        throw Error(ExitCode::kIo, "The control socket's path is too long", text,
                    "Set XDG_RUNTIME_DIR to a short path");
    }
    std::copy(text.begin(), text.end(), address.sun_path);
    return address;
}

/// A folder of this user that nobody else can enter, made when it is not there.
fs::path ownFolder(const fs::path& dir) {
    struct stat info {};
    const bool made = mkdir(dir.c_str(), 0700) == 0 || errno == EEXIST;
    if (!made || lstat(dir.c_str(), &info) != 0) {
        throw Error(ExitCode::kIo, std::string("can not make the folder of control sockets: ") + std::strerror(errno),
                    dir.string());
    }
    if (!S_ISDIR(info.st_mode) || info.st_uid != getuid() || (info.st_mode & 077) != 0) {
        throw Error(ExitCode::kIo, "the folder of control sockets is not a private folder of this user", dir.string(),
                    "Remove it");
    }
    return dir;
}

void sendNow(int fd, const nlohmann::json& answer) {
    const std::string frame = frameOf(answer);
    // Answers are far smaller than a socket's buffer: what does not fit belongs to a client that never reads.
    [[maybe_unused]] const ssize_t sent = send(fd, frame.data(), frame.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

nlohmann::json refusal(const std::string& why) {
    return {{"ok", false}, {"error", why}};
}

bool ofThisUser(int fd) {
    ucred peer{};
    socklen_t size = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == getuid();
}

[[noreturn]] void failTo(const char* what, const fs::path& path) {
    throw Error(ExitCode::kIo, std::string(what) + ": " + std::strerror(errno), path.string());
}

/// Waits for the descriptor until `limit`.
void waitFor(int fd, short events, Clock::time_point limit, const fs::path& path) {
    pollfd wait{fd, events, 0};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(limit - Clock::now()).count();
    if (left <= 0 || poll(&wait, 1, static_cast<int>(left)) == 0)
        throw Error(ExitCode::kIo, "the supervisor does not answer", path.string());
}

/// Sockets of supervisors that were killed, which nobody would remove: those that nobody listens on and that are older
/// than a supervisor takes from bind() to listen().
void removeDeadSockets(const fs::path& folder) {
    constexpr auto kYoung = std::chrono::minutes(1);
    std::error_code ignored;
    std::vector<fs::path> dead;
    for (fs::directory_iterator it(folder, ignored), end; !ignored && it != end; it.increment(ignored)) {
        std::error_code failed;
        if (it->path().extension() != ".sock" || !it->is_socket(failed)) continue;
        const auto made = fs::last_write_time(it->path(), failed);
        if (failed || fs::file_time_type::clock::now() - made < kYoung) continue;
        const sockaddr_un address = addressOf(it->path());
        const io::FileDescriptor fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
            errno == ECONNREFUSED)
            dead.push_back(it->path());
    }
    for (const fs::path& path : dead) fs::remove(path, ignored);
}

}  // namespace

fs::path socketFolder(std::size_t name_bytes) {
    const char* given = std::getenv("XDG_RUNTIME_DIR");
    const fs::path base = given == nullptr ? "" : given;
    std::error_code ignored;
    const bool fits = (base / "switchyard").string().size() + 1 + name_bytes < sizeof(sockaddr_un::sun_path);
    if (base.is_absolute() && fits && fs::is_directory(base, ignored)) return ownFolder(base / "switchyard");
    return ownFolder("/tmp/switchyard-" + std::to_string(getuid()));
}

fs::path controlSocketPath(const fs::path& run_dir) {
    std::error_code ignored;
    const fs::path whole = fs::weakly_canonical(run_dir, ignored);
    const std::string name = (whole.empty() ? run_dir : whole).string();
    return socketFolder(kNameBytes) / (io::sha256(name.data(), name.size()).substr(0, 16) + ".sock");
}

ControlSocket::ControlSocket(const fs::path& run_dir) : path_(controlSocketPath(run_dir)) {
    const sockaddr_un address = addressOf(path_);
    struct stat info {};
    if (lstat(path_.c_str(), &info) == 0 && unlink(path_.c_str()) != 0)
        failTo("can not replace the control socket", path_);
    listener_ = io::FileDescriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!listener_.valid()) failTo("no control socket", path_);
    if (bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        failTo("no control socket", path_);
    // Nobody can connect before listen().
    if (chmod(path_.c_str(), 0600) != 0 || listen(listener_.get(), static_cast<int>(kMostClients)) != 0) {
        const int error = errno;
        unlink(path_.c_str());
        errno = error;
        failTo("no control socket", path_);
    }
    removeDeadSockets(path_.parent_path());
}

ControlSocket::~ControlSocket() {
    unlink(path_.c_str());
}

void ControlSocket::addTo(std::vector<pollfd>* waits) const {
    waits->push_back({listener_.get(), POLLIN, 0});
    for (const Client& client : clients_) waits->push_back({client.fd.get(), POLLIN, 0});
}

void ControlSocket::accept() {
    for (std::size_t taken = 0; taken < kMostClients; ++taken) {
        io::FileDescriptor fd(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!fd.valid()) return;
        if (!ofThisUser(fd.get())) {
            sendNow(fd.get(), refusal("this run belongs to another user"));
        } else if (clients_.size() >= kMostClients) {
            sendNow(fd.get(), refusal("too many programs are connected to this run"));
        } else {
            clients_.push_back({std::move(fd), {}, Clock::now()});
        }
    }
}

bool ControlSocket::serve(Client& client, const Handler& handler) {
    std::string buffer(kReadAtOnce, '\0');
    const ssize_t count = recv(client.fd.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count == 0) return false;
    if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    client.pending.append(buffer, 0, static_cast<std::size_t>(count));
    const FramesRead read = readFrames(client.pending);
    client.pending.erase(0, read.used);
    for (const nlohmann::json& request : read.frames) {
        client.heard_at = Clock::now();
        sendNow(client.fd.get(), handler(request));
    }
    if (read.refusal.empty()) return true;
    sendNow(client.fd.get(), refusal(read.refusal));
    return false;
}

void ControlSocket::serve(const Handler& handler) {
    accept();
    for (auto client = clients_.begin(); client != clients_.end();) {
        const bool keep = serve(*client, handler) && Clock::now() - client->heard_at < kLongestSilence;
        client = keep ? std::next(client) : clients_.erase(client);
    }
}

nlohmann::json askSupervisor(const fs::path& path, const nlohmann::json& request, std::chrono::milliseconds limit) {
    const Clock::time_point end = Clock::now() + limit;
    const sockaddr_un address = addressOf(path);
    const io::FileDescriptor fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd.valid() || connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        failTo("can not reach the supervisor", path);
    }
    const std::string frame = frameOf(request);
    for (std::size_t sent = 0; sent < frame.size();) {
        waitFor(fd.get(), POLLOUT, end, path);
        const ssize_t count = send(fd.get(), frame.data() + sent, frame.size() - sent, MSG_NOSIGNAL);
        if (count > 0)
            sent += static_cast<std::size_t>(count);
        else if (count < 0 && (errno == EPIPE || errno == ECONNRESET))
            break;  // a refusal may be there to read
        else if (count < 0 && errno != EAGAIN && errno != EINTR)
            failTo("can not reach the supervisor", path);
    }
    std::string answer;
    for (;;) {
        waitFor(fd.get(), POLLIN, end, path);
        char buffer[4096];
        const ssize_t count = recv(fd.get(), buffer, sizeof buffer, 0);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (count <= 0)
            throw Error(ExitCode::kIo, "the supervisor closed the connection without an answer", path.string());
        answer.append(buffer, static_cast<std::size_t>(count));
        const FramesRead read = readFrames(answer);
        if (!read.refusal.empty())
            throw Error(ExitCode::kIo, "the supervisor's answer can not be read: " + read.refusal, path.string());
        if (!read.frames.empty()) return read.frames.front();
    }
}

}  // namespace switchyard::launch
