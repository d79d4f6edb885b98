// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/failure.h"

#include "core/base/util/error.h"

namespace switchyard::ui {

Failure Failure::of(const Error& error) {
    return {static_cast<int>(error.code()), QString::fromStdString(error.message()), QString::fromStdString(error.where()),
            QString::fromStdString(error.fix())};
}

QString Failure::sentence() const {
    QString text = message;
    if (!text.isEmpty()) text[0] = text[0].toUpper();
    if (!where.isEmpty()) text += QStringLiteral(" (%1)").arg(where);
    if (!text.endsWith(u'.')) text += u'.';
    if (!fix.isEmpty()) text += u' ' + fix + (fix.endsWith(u'.') ? QString() : QStringLiteral("."));
    return text;
}

}  // namespace switchyard::ui
