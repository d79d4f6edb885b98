// SPDX-License-Identifier: MIT
// Tables of documents that tests measure and write.
#pragma once

#include <QFile>
#include <QString>
#include <QStringList>

namespace switchyard::test {

/// Between "<!-- mark -->" and "<!-- end of mark -->" of the file that the environment variable names, if it names one:
/// first `head`, then the rows. False when the file has no such place or can not be written.
inline bool writeTableRows(const char* variable, const QString& mark, const QString& head, const QStringList& rows) {
    const QString name = qEnvironmentVariable(variable);
    if (name.isEmpty() || rows.isEmpty()) return true;
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly)) return false;
    QString text = QString::fromUtf8(file.readAll());
    file.close();
    const QString begin = QString("<!-- %1 -->\n").arg(mark), end = QString("<!-- end of %1 -->").arg(mark);
    const auto from = text.indexOf(begin) + begin.size(), to = text.indexOf(end);
    if (from < begin.size() || to < from) return false;
    text.replace(from, to - from, head + rows.join('\n') + "\n");
    return file.open(QIODevice::WriteOnly) && file.write(text.toUtf8()) > 0;
}

/// As /proc/cpuinfo names the processor.
inline QString processorName() {
    QFile info("/proc/cpuinfo");
    if (!info.open(QIODevice::ReadOnly)) return "an unknown machine";
    for (const QByteArray& line : info.readAll().split('\n'))
        if (line.startsWith("model name")) return QString::fromUtf8(line.mid(line.indexOf(':') + 1)).trimmed();
    return "an unknown machine";
}

}  // namespace switchyard::test
