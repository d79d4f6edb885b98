// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/background_save.h"

#include <QCoreApplication>
#include <QPointer>
#include <QSaveFile>
#include <QThreadPool>

namespace switchyard::ui {

void saveInBackground(QObject* context, const QString& path, std::function<void(QIODevice&)> write,
                      std::function<void(const QString& problem)> done) {
    QThreadPool::globalInstance()->start(
        [target = QPointer<QObject>(context), path, write = std::move(write), done = std::move(done)] {
            QSaveFile file(path);
            QString problem;
            if (file.open(QIODevice::WriteOnly)) write(file);
            if (!file.isOpen() || !file.commit()) {
                problem = QCoreApplication::translate("BackgroundSave", "%1 can not be written: %2")
                              .arg(path, file.errorString());
            }
            QMetaObject::invokeMethod(
                qApp,
                [target, done, problem] {
                    if (target) done(problem);
                },
                Qt::QueuedConnection);
        });
}

}  // namespace switchyard::ui
