// SPDX-License-Identifier: MIT
// What a running process listens on, as the kernel tells.
#pragma once

#include <arpa/inet.h>

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSet>
#include <QString>
#include <algorithm>

namespace switchyard::test {

/// Inodes of the sockets that a process holds.
inline QSet<QByteArray> socketsOf(qint64 pid) {
    QSet<QByteArray> inodes;
    const QDir folder(QString("/proc/%1/fd").arg(pid));
    for (const QFileInfo& fd : folder.entryInfoList(QDir::System | QDir::Files | QDir::NoDotAndDotDot)) {
        const QString target = fd.symLinkTarget();
        const qsizetype begin = target.indexOf("socket:[");
        if (begin >= 0) inodes.insert(target.mid(begin + 8).chopped(1).toLatin1());
    }
    return inodes;
}

/// The addresses that a process listens on with TCP, in its own network namespace: "127.0.0.1", "::", ...
inline QSet<QString> listeningAddresses(qint64 pid) {
    const QSet<QByteArray> own = socketsOf(pid);
    QSet<QString> addresses;
    for (const char* table : {"tcp", "tcp6"}) {
        QFile file(QString("/proc/%1/net/%2").arg(pid).arg(table));
        if (!file.open(QIODevice::ReadOnly)) continue;
        for (const QByteArray& line : file.readAll().split('\n')) {
            const QList<QByteArray> fields = line.simplified().split(' ');
            if (fields.size() < 10 || fields[3] != "0A" || !own.contains(fields[9])) continue;
            // Words of 32 bits, each written as a number of this (little-endian) machine.
            QByteArray bytes = QByteArray::fromHex(fields[1].split(':')[0]);
            for (qsizetype word = 0; word + 4 <= bytes.size(); word += 4)
                std::reverse(bytes.begin() + word, bytes.begin() + word + 4);
            char text[INET6_ADDRSTRLEN] = "?";
            inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.constData(), text, sizeof text);
            addresses.insert(QString(text).remove("::ffff:"));
        }
    }
    return addresses;
}

/// Every `switchyard-worker` that runs now with this folder among its arguments.
inline QList<qint64> workersOf(const QString& run_dir) {
    QList<qint64> pids;
    for (const QString& name : QDir("/proc").entryList(QDir::Dirs)) {
        bool number = false;
        const qint64 pid = name.toLongLong(&number);
        QFile file("/proc/" + name + "/cmdline");
        if (!number || !file.open(QIODevice::ReadOnly)) continue;
        const QList<QByteArray> words = file.readAll().split('\0');
        if (words.front().endsWith("/switchyard-worker") && words.contains(run_dir.toUtf8())) pids << pid;
    }
    return pids;
}

}  // namespace switchyard::test
