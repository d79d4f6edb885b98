// SPDX-License-Identifier: GPL-3.0-or-later
// Work on files, away from the GUI thread.
#pragma once

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>
#include <utility>

namespace switchyard::ui {

/// Runs `work` in the global thread pool, then `done(its result)` in the GUI thread while `context` lives. `work`
/// must not throw. Thread: GUI thread.
template <typename Work, typename Done>
void inBackground(QObject* context, Work work, Done done) {
    QThreadPool::globalInstance()->start(
        [guard = QPointer<QObject>(context), work = std::move(work), done = std::move(done)] {
            auto result = work();
            QMetaObject::invokeMethod(qApp, [guard, done, result = std::move(result)] {
                if (guard != nullptr) done(result);
            });
        });
}

}  // namespace switchyard::ui
