// SPDX-License-Identifier: MIT
// cable PID: joins this network namespace and that of process PID by a cable that can be slow, unplugged or cut. Its
// ends are the devices cable0 (here) and cable1 (there). Orders come on stdin, one a line:
//   delay MS   every packet arrives so much later        plug      as it is at the start
//   unplug     packets are lost in silence               cut       every TCP connection is reset as soon as it is used
// It says "ready" and ends with its stdin.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <deque>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Packet = std::vector<unsigned char>;

int openDevice(const char* name) {
    const int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    ifreq request{};
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    std::strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    if (fd < 0 || ioctl(fd, TUNSETIFF, &request) != 0)
        throw std::runtime_error(std::string("no device ") + name + ": " + std::strerror(errno));
    return fd;
}

std::uint16_t checksum(const unsigned char* bytes, std::size_t size, std::uint32_t sum) {
    for (std::size_t i = 0; i + 1 < size; i += 2) sum += static_cast<std::uint32_t>(bytes[i] << 8 | bytes[i + 1]);
    if (size % 2 != 0) sum += static_cast<std::uint32_t>(bytes[size - 1] << 8);
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    return htons(static_cast<std::uint16_t>(~sum));
}

/// A reset from one end of a packet's connection to the other; `back`: to the one that sent it.
Packet reset(const Packet& packet, bool back) {
    iphdr ip{};
    tcphdr tcp{};
    std::memcpy(&ip, packet.data(), sizeof ip);
    std::memcpy(&tcp, packet.data() + ip.ihl * 4, sizeof tcp);
    iphdr new_ip{};
    new_ip.version = 4;
    new_ip.ihl = 5;
    new_ip.ttl = 64;
    new_ip.protocol = IPPROTO_TCP;
    new_ip.tot_len = htons(sizeof new_ip + sizeof(tcphdr));
    new_ip.saddr = back ? ip.daddr : ip.saddr;
    new_ip.daddr = back ? ip.saddr : ip.daddr;
    tcphdr new_tcp{};
    new_tcp.source = back ? tcp.dest : tcp.source;
    new_tcp.dest = back ? tcp.source : tcp.dest;
    new_tcp.seq = back ? tcp.ack_seq : tcp.seq;
    new_tcp.doff = 5;
    new_tcp.rst = 1;
    Packet made(sizeof new_ip + sizeof new_tcp);
    std::memcpy(made.data(), &new_ip, sizeof new_ip);
    std::memcpy(made.data() + sizeof new_ip, &new_tcp, sizeof new_tcp);
    const std::uint16_t ip_sum = checksum(made.data(), sizeof new_ip, 0);
    std::memcpy(made.data() + offsetof(iphdr, check), &ip_sum, 2);
    // TCP's own sum begins with the addresses, the protocol and the length.
    std::uint32_t pseudo = IPPROTO_TCP + sizeof new_tcp;
    for (std::size_t i = 12; i < 20; i += 2) pseudo += static_cast<std::uint32_t>(made[i] << 8 | made[i + 1]);
    const std::uint16_t tcp_sum = checksum(made.data() + sizeof new_ip, sizeof new_tcp, pseudo);
    std::memcpy(made.data() + sizeof new_ip + offsetof(tcphdr, check), &tcp_sum, 2);
    return made;
}

bool isTcp(const Packet& packet) {
    return packet.size() >= 40 && packet[0] >> 4 == 4 && packet[9] == IPPROTO_TCP;
}

class Cable {
public:
    Cable(int here, int there) : ends_{here, there} {}

    void order(const std::string& line) {
        if (line.rfind("delay ", 0) == 0) delay_ = std::chrono::milliseconds(std::stoi(line.substr(6)));
        if (line == "plug" || line == "unplug" || line == "cut") state_ = line;
    }

    /// Until stdin ends.
    void run() {
        std::string orders;
        for (;;) {
            std::array<pollfd, 3> waits = {{{ends_[0], POLLIN, 0}, {ends_[1], POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
            poll(waits.data(), waits.size(), timeout());
            if (waits[2].revents != 0) {
                char text[256];
                const ssize_t got = read(STDIN_FILENO, text, sizeof text);
                if (got <= 0) return;
                orders.append(text, static_cast<std::size_t>(got));
                for (std::size_t end; (end = orders.find('\n')) != std::string::npos; orders.erase(0, end + 1))
                    order(orders.substr(0, end));
            }
            for (const std::size_t from : {0U, 1U}) take(from);
            deliver();
        }
    }

private:
    struct OnItsWay {
        Clock::time_point due;
        std::size_t to;
        Packet packet;
    };

    int timeout() const {
        if (way_.empty()) return -1;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(way_.front().due - Clock::now()).count();
        return static_cast<int>(std::max<std::int64_t>(0, left));
    }
    void send(std::size_t to, const Packet& packet) {
        [[maybe_unused]] const ssize_t sent = write(ends_[to], packet.data(), packet.size());  // a full device loses it
    }
    void take(std::size_t from) {
        unsigned char bytes[65536];
        for (ssize_t got = 0; (got = read(ends_[from], bytes, sizeof bytes)) > 0;) {
            Packet packet(bytes, bytes + got);
            if (state_ == "unplug") continue;
            if (state_ == "cut") {
                if (isTcp(packet)) {
                    send(from, reset(packet, true));
                    send(1 - from, reset(packet, false));
                }
                continue;
            }
            way_.push_back({Clock::now() + delay_, 1 - from, std::move(packet)});
        }
    }
    void deliver() {
        for (; !way_.empty() && way_.front().due <= Clock::now(); way_.pop_front()) {
            if (state_ == "plug") send(way_.front().to, way_.front().packet);
        }
    }

    std::array<int, 2> ends_;
    std::chrono::milliseconds delay_{0};
    std::string state_ = "plug";
    std::deque<OnItsWay> way_;
};

}  // namespace

int main(int argc, char** argv) {
    try {
        if (argc != 2) throw std::runtime_error("usage: cable PID");
        const int here = openDevice("cable0");
        const std::string other = std::string("/proc/") + argv[1] + "/ns/net";
        const int space = open(other.c_str(), O_RDONLY | O_CLOEXEC);
        if (space < 0 || setns(space, CLONE_NEWNET) != 0) throw std::runtime_error("no way into " + other);
        Cable cable(here, openDevice("cable1"));
        std::puts("ready");
        std::fflush(stdout);
        cable.run();
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "cable: %s\n", error.what());
        return 1;
    }
}
