// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/background_save.h"

#include <QCoreApplication>
#include <QSaveFile>

#include "ui/models/background.h"

namespace switchyard::ui {

void saveInBackground(QObject* context, const QString& path, std::function<void(QIODevice&)> write,
                      std::function<void(const QString& problem)> done) {
    inBackground(
        context,
        [path, write = std::move(write)]() -> QString {
            QSaveFile file(path);
            if (file.open(QIODevice::WriteOnly)) write(file);
            if (file.isOpen() && file.commit()) return {};
            return QCoreApplication::translate("BackgroundSave", "%1 can not be written: %2")
                .arg(path, file.errorString());
        },
        std::move(done));
}

}  // namespace switchyard::ui
