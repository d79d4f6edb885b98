// SPDX-License-Identifier: GPL-3.0-or-later
// Work that may wait on files or take long, off the GUI thread, its result back in it.
#pragma once

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>
#include <memory>
#include <utility>

namespace switchyard::ui {

/// Calls work() in the global thread pool and done(result) in the GUI thread, the latter only while `context`
/// lives. work() must not throw. Thread: GUI thread.
template <class Work, class Done>
void inBackground(QObject* context, Work work, Done done) {
    QThreadPool::globalInstance()->start(
        [context = QPointer<QObject>(context), work = std::move(work), done = std::move(done)]() mutable {
            auto result = std::make_shared<decltype(work())>(work());
            QMetaObject::invokeMethod(
                QCoreApplication::instance(),
                [context, result, done = std::move(done)]() mutable {
                    if (context != nullptr) done(std::move(*result));
                },
                Qt::QueuedConnection);
        });
}

}  // namespace switchyard::ui
