// SPDX-License-Identifier: MIT
// A shell in a terminal of its own, typed into as a person does.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QByteArray>
#include <QElapsedTimer>
#include <QMap>
#include <QString>
#include <QStringList>
#include <csignal>
#include <vector>

namespace switchyard::test {

class Terminal {
public:
    /// @param command  the program (looked for in PATH) and its arguments
    Terminal(const QStringList& command, const QMap<QString, QString>& environment) {
        const winsize size{50, 200, 0, 0};
        pid_ = forkpty(&terminal_, nullptr, nullptr, &size);
        if (pid_ != 0) return;
        for (auto it = environment.begin(); it != environment.end(); ++it) qputenv(it.key().toLocal8Bit(), it.value().toLocal8Bit());
        QList<QByteArray> words;
        for (const QString& word : command) words.append(word.toLocal8Bit());
        std::vector<char*> argv;
        for (QByteArray& word : words) argv.push_back(word.data());
        argv.push_back(nullptr);
        execvp(argv[0], argv.data());
        _exit(127);
    }
    ~Terminal() {
        kill(pid_, SIGKILL);
        close(terminal_);
        waitpid(pid_, nullptr, 0);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    void type(const QByteArray& keys) {
        for (qsizetype sent = 0; sent < keys.size();) {
            const ssize_t n = write(terminal_, keys.constData() + sent, static_cast<std::size_t>(keys.size() - sent));
            if (n <= 0) return;
            sent += n;
        }
    }

    /// What was shown since the last call, up to and with `mark`; all there was when it did not come.
    QByteArray readTo(const QByteArray& mark, int timeout_ms = 60'000) {
        QElapsedTimer timer;
        timer.start();
        while (!shown_.contains(mark) && timer.elapsed() < timeout_ms) {
            pollfd wait{terminal_, POLLIN, 0};
            if (poll(&wait, 1, 100) <= 0) continue;
            char buffer[4096];
            const ssize_t n = read(terminal_, buffer, sizeof buffer);
            if (n <= 0) break;
            shown_.append(buffer, n);
        }
        const qsizetype at = shown_.indexOf(mark);
        const QByteArray text = at < 0 ? shown_ : shown_.left(at + mark.size());
        shown_.remove(0, text.size());
        return text;
    }

private:
    pid_t pid_ = -1;
    int terminal_ = -1;
    QByteArray shown_;
};

}  // namespace switchyard::test
