// SPDX-License-Identifier: MIT
// What a program took: time, and memory as the kernel counts it.
#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QElapsedTimer>
#include <QTemporaryFile>
#include <vector>

#include "support/program.h"

namespace switchyard::test {

struct Measured : Outcome {
    double processor_s = 0;
    qint64 peak_bytes = 0;
};

/// Runs one of the built programs to its end.
inline Measured measure(const QString& program, const QStringList& arguments) {
    Measured measured;
    QTemporaryFile out, err;
    if (!out.open() || !err.open()) return measured;
    QList<QByteArray> texts{binary(program).toUtf8()};
    for (const QString& argument : arguments) texts << argument.toUtf8();
    std::vector<char*> argv;
    for (QByteArray& text : texts) argv.push_back(text.data());
    argv.push_back(nullptr);
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    QElapsedTimer timer;
    timer.start();
    const pid_t pid = fork();
    if (pid == 0) {
        dup2(null, 0);
        dup2(out.handle(), 1);
        dup2(err.handle(), 2);
        execv(argv[0], argv.data());
        _exit(127);
    }
    int status = 0;
    rusage usage{};
    if (pid > 0) wait4(pid, &status, 0, &usage);
    ::close(null);
    measured.elapsed_ms = timer.elapsed();
    measured.code = WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
    // Read anew: the child has moved the place that both share.
    const auto said = [](const QString& name) {
        QFile file(name);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    measured.out = said(out.fileName());
    measured.err = said(err.fileName());
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    measured.processor_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    measured.peak_bytes = static_cast<qint64>(usage.ru_maxrss) * 1024;
    return measured;
}

}  // namespace switchyard::test
