// SPDX-License-Identifier: MIT
// Mounts of a test's own.
#pragma once

#include <QByteArray>
#include <QList>
#include <QProcess>
#include <QStringList>
#include <vector>

namespace switchyard::test {

/// The command that starts another one with mounts that only it sees, by what this user may do; empty = nothing.
inline QStringList ownMounts() {
    const std::vector<QStringList> ways = {
        {"unshare", "-m"}, {"unshare", "-Urm"}, {"sudo", "-n", "-E", "unshare", "-m"}};
    for (const QStringList& way : ways) {
        QProcess probe;
        probe.start(way.front(), way.mid(1) + QStringList{"sh", "-c", "mount -t tmpfs none /mnt"});
        if (probe.waitForFinished(10'000) && probe.exitStatus() == QProcess::NormalExit && probe.exitCode() == 0)
            return way;
    }
    return {};
}

/// What the command itself said: sudo complains of a machine whose name has no address.
inline QByteArray withoutSudosRemarks(const QByteArray& said) {
    QByteArray own;
    for (const QByteArray& line : said.split('\n')) {
        if (!line.startsWith("sudo: ")) own += line + '\n';
    }
    return own;
}

}  // namespace switchyard::test
