// SPDX-License-Identifier: GPL-3.0-or-later
// Writing a file without making the window wait.
#pragma once

#include <QIODevice>
#include <QObject>
#include <QString>
#include <functional>

namespace switchyard::ui {

/// Runs `write` in the thread pool on a new file that replaces `path` only when all was written. `done` runs in the
/// GUI thread while `context` lives; its argument is "" or what went wrong, with the path and the system's reason.
void saveInBackground(QObject* context, const QString& path, std::function<void(QIODevice&)> write,
                      std::function<void(const QString& problem)> done);

}  // namespace switchyard::ui
