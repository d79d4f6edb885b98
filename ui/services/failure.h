// SPDX-License-Identifier: GPL-3.0-or-later
// A failure as the window tells it: what happened, where, and what to do.
#pragma once

#include <QString>

namespace switchyard {
class Error;
}

namespace switchyard::ui {

struct Failure {
    int code = 0;  ///< the exit code a program would end with
    QString message, where, fix;

    static Failure of(const Error& error);
    /// "message (where). fix." as plain text for a banner or the events dock.
    QString sentence() const;
};

}  // namespace switchyard::ui
