// SPDX-License-Identifier: MIT
// Tar archives byte by byte, right ones and wrong ones.
#pragma once

#include <QByteArray>

namespace switchyard::test {

inline QByteArray tarHeader(const QByteArray& name, qint64 size, char kind = '0', const QByteArray& link = {}) {
    QByteArray header(512, '\0');
    const auto put = [&header](int at, const QByteArray& bytes) { header.replace(at, bytes.size(), bytes); };
    put(0, name.left(100));
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, QByteArray::number(size, 8).rightJustified(11, '0'));
    put(136, "00000000000");
    put(148, "        ");
    header[156] = kind;
    put(157, link);
    put(257, QByteArray("ustar\0"
                        "00",
                        8));
    int sum = 0;
    for (const char byte : header) sum += static_cast<unsigned char>(byte);
    put(148, QByteArray::number(sum, 8).rightJustified(6, '0') + QByteArray("\0 ", 2));
    return header;
}

inline QByteArray tarEntry(const QByteArray& name, const QByteArray& bytes, char kind = '0',
                           const QByteArray& link = {}) {
    return tarHeader(name, bytes.size(), kind, link) + bytes + QByteArray((512 - bytes.size() % 512) % 512, '\0');
}

/// A name of any length by a pax header before the entry.
inline QByteArray paxEntry(const QByteArray& name, const QByteArray& bytes) {
    const QByteArray rest = " path=" + name + "\n";
    qsizetype length = rest.size() + 2;
    while (QByteArray::number(length).size() + rest.size() != length) ++length;
    return tarEntry("pax", QByteArray::number(length) + rest, 'x') + tarEntry(name.left(99), bytes);
}

inline QByteArray tarEnd() {
    return QByteArray(1024, '\0');
}

}  // namespace switchyard::test
