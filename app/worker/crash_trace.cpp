// SPDX-License-Identifier: MIT
#include "app/worker/crash_trace.h"

#define BACKWARD_HAS_DW 1
#include <execinfo.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <ucontext.h>
#include <unistd.h>
#include <backward.hpp>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <vector>

namespace switchyard::worker {
namespace {

constexpr std::array<int, 5> kFaults = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr std::size_t kStackBytes = 1 << 20;
constexpr int kDepth = 64;
constexpr unsigned kLongestNaming_s = 3;

// A signal handler has nothing else to find these by.
int descriptor = -1;
int own_rank = 0;
std::atomic<int> fault{0};

void put(const char* text) {
    [[maybe_unused]] const ssize_t written = write(descriptor, text, std::strlen(text));
}

void putNumber(std::uint64_t value, unsigned base) {
    std::array<char, 24> digits{};
    std::size_t at = digits.size() - 1;
    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value > 0 && at > 0);
    put(&digits[at]);
}

[[noreturn]] void endBy(int number) {
    std::signal(number, SIG_DFL);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, number);
    sigprocmask(SIG_UNBLOCK, &only, nullptr);
    std::raise(number);
    _exit(128 + number);
}

void onSecond(int) {
    endBy(fault.load());
}

void* placeOf(void* context) {
#if defined(__x86_64__)
    return reinterpret_cast<void*>(static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
    return reinterpret_cast<void*>(static_cast<ucontext_t*>(context)->uc_mcontext.pc);
#else
    static_cast<void>(context);
    return nullptr;
#endif
}

/// Names and lines. Allocates, so it may never return.
void nameFrames(siginfo_t* info, void* context) {
    backward::StackTrace trace;
    void* place = placeOf(context);
    if (place != nullptr)
        trace.load_from(place, kDepth, context, info->si_addr);
    else
        trace.load_here(kDepth, context, info->si_addr);
    backward::Printer printer;
    printer.snippet = false;
    printer.address = true;
    printer.color_mode = backward::ColorMode::never;
    FILE* file = fdopen(dup(descriptor), "a");
    if (file == nullptr) return;
    printer.print(trace, file);
    std::fclose(file);
}

void onFault(int number, siginfo_t* info, void* context) {
    int none = 0;
    if (!fault.compare_exchange_strong(none, number)) {
        // Another thread's fault, or one in here: the first is what counts.
        for (;;) pause();
    }
    put("rank ");
    putNumber(static_cast<std::uint64_t>(own_rank), 10);
    put(" got signal ");
    putNumber(static_cast<std::uint64_t>(number), 10);
    put(" (SIG");
    put(sigabbrev_np(number));
    put("), address 0x");
    putNumber(reinterpret_cast<std::uint64_t>(info->si_addr), 16);
    put(", process ");
    putNumber(static_cast<std::uint64_t>(getpid()), 10);
    put(", at ");
    putNumber(static_cast<std::uint64_t>(time(nullptr)), 10);
    put(" s since 1970\n");
    std::array<void*, kDepth> frames{};
    backtrace_symbols_fd(frames.data(), backtrace(frames.data(), kDepth), descriptor);
    put("\nWith names and lines:\n");
    std::signal(SIGALRM, &onSecond);
    for (const int other : kFaults) std::signal(other, &onSecond);
    sigset_t open;
    sigemptyset(&open);
    for (const int other : kFaults) sigaddset(&open, other);
    sigaddset(&open, SIGALRM);
    pthread_sigmask(SIG_UNBLOCK, &open, nullptr);
    alarm(kLongestNaming_s);
    nameFrames(info, context);
    endBy(number);
}

}  // namespace

CrashTrace::CrashTrace(const std::filesystem::path& file, int rank) : file_(file) {
    std::error_code ignored;
    std::filesystem::create_directories(file.parent_path(), ignored);
    descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
    own_rank = rank;
    if (descriptor < 0) return;
    // The first call loads the unwinder, which must not happen in the handler.
    std::array<void*, 4> frames{};
    backtrace(frames.data(), static_cast<int>(frames.size()));
    static std::vector<char> stack(kStackBytes);
    stack_t other{};
    other.ss_sp = stack.data();
    other.ss_size = stack.size();
    sigaltstack(&other, nullptr);
    struct sigaction action {};
    action.sa_sigaction = &onFault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    for (const int number : kFaults) sigaction(number, &action, nullptr);
}

CrashTrace::~CrashTrace() {
    if (descriptor < 0) return;
    for (const int number : kFaults) std::signal(number, SIG_DFL);
    struct stat info {};
    if (fstat(descriptor, &info) == 0 && info.st_size == 0) unlink(file_.c_str());
    close(descriptor);
    descriptor = -1;
}

void CrashTrace::unexpected(const std::string& text) {
    if (descriptor >= 0)
        put(("rank " + std::to_string(own_rank) + " ended with an exception:\n" + text + "\n").c_str());
}

}  // namespace switchyard::worker
