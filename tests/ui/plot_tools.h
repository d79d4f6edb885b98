// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of the curves and the experts page share: a page on a made-up run, mouse, menus, pictures.
#pragma once

#include <QFile>
#include <QFileDialog>
#include <QImage>
#include <QLineEdit>
#include <QMenu>
#include <QMouseEvent>
#include <QTimer>
#include <functional>
#include <memory>

#include "ui/panels/record_page.h"
#include "ui/services/run_feed.h"
#include "ui_tools.h"

namespace switchyard::test {

/// A run of 400 steps, unless it is made otherwise, shown on a page of its own.
template <typename Page>
struct ShownRun {
    ShownRun(const OwnFolders& folders, const MadeUpRun& made, QSize size,
             const std::function<void(runs::RunDbWriter&)>& more = {})
        : runs_dir(folders.path(QStringLiteral("runs-") + QString::fromStdString(made.name))) {
        QDir().mkpath(runs_dir);
        const runs::RunPaths paths = makeRun(runs_dir, made);
        if (more) {
            runs::RunDbWriter db(paths.database());
            more(db);
            db.flush();
        }
        dir = QString::fromStdString(paths.dir.string());
        context = std::make_unique<ui::AppContext>(runs_dir);
        page = std::make_unique<Page>(*context);
        page->resize(size);
        page->show();
        context->selectRun(dir);
    }
    bool ready() const { return context->runs().complete() && page->state() == ui::RecordPage::State::kContent; }

    QString runs_dir, dir;
    std::unique_ptr<ui::AppContext> context;
    std::unique_ptr<Page> page;
};

inline void moveMouse(QWidget& widget, const QPoint& at) {
    QMouseEvent move(QEvent::MouseMove, at, widget.mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
    QApplication::sendEvent(&widget, &move);
}

/// Types a path into the file dialog that opens next, and accepts.
inline void answerFileDialog(const QString& path) {
    auto* timer = new QTimer(qApp);
    QObject::connect(timer, &QTimer::timeout, timer, [timer, path] {
        auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
        if (dialog == nullptr) return;
        timer->deleteLater();
        dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"))->setText(path);
        QMetaObject::invokeMethod(dialog, "accept");
    });
    timer->start(20);
}

inline QAction* action(QMenu& menu, const QString& text) {
    for (QAction* entry : menu.actions())
        if (entry->text() == text) return entry;
    return nullptr;
}

/// Chooses an export in a plot's menu and waits until the file is there; "" when it failed.
inline QString exportTo(ui::AppContext& context, QMenu& menu, const QString& entry, const QString& path) {
    QSignalSpy reported(&context, &ui::AppContext::reported);
    answerFileDialog(path);
    action(menu, entry)->trigger();
    if (!QTest::qWaitFor([&] { return !reported.isEmpty(); })) return {};
    return reported.last()[0].toString() == "info" ? path : QString();
}

inline QStringList linesOf(const QString& file) {
    QFile in(file);
    return in.open(QIODevice::ReadOnly) ? QString::fromUtf8(in.readAll()).split(u'\n', Qt::SkipEmptyParts)
                                        : QStringList();
}

/// What a widget shows, one pixel for one logical pixel at any scale.
inline QImage seen(QWidget& widget) {
    const QImage image = widget.grab().toImage();
    const int scale = static_cast<int>(image.devicePixelRatio());
    if (scale == 1) return image;
    QImage plain(widget.size(), QImage::Format_RGB32);
    for (int y = 0; y < plain.height(); ++y)
        for (int x = 0; x < plain.width(); ++x) plain.setPixel(x, y, image.pixel(x * scale, y * scale));
    return plain;
}

}  // namespace switchyard::test
