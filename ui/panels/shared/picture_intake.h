// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures that are dropped on a page or pasted into it: a file of this machine, or a bitmap that is put into a
// file first.
#pragma once

#include <QMimeData>
#include <QObject>
#include <QString>
#include <functional>

#include "ui/services/failure.h"

class QLineEdit;

namespace switchyard::ui {

/// Watches a page and the field on it, which would take a picture's path for text. A bitmap is written below the
/// cache folder in a worker thread (the same bitmap into the same file; the newest 60 are kept). Thread: GUI thread.
class PictureIntake : public QObject {
    Q_OBJECT
public:
    PictureIntake(QWidget* page, QLineEdit* field);
    /// Files that are no pictures, and folders, are taken as well, and told as failures instead of being ignored.
    void tellOthers() { tells_others_ = true; }
    /// True when the data holds a file or a bitmap that may be searched with; no file is touched.
    static bool holdsPicture(const QMimeData* data);
    /// The first local file that is named like a picture, "" when there is none.
    static QString fileOf(const QMimeData* data);
    /// Opens a dialog over the widget, beside the picture `beside`; the file that is chosen goes to `take`.
    static void askForFile(QWidget* over, const QString& title, const QString& beside,
                           const std::function<void(const QString& file)>& take);

Q_SIGNALS:
    void hovering(bool over);  ///< a picture is held over the page
    void picture(const QString& file);
    void failed(const switchyard::ui::Failure& failure);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void take(const QMimeData* data);
    void tellOther(const QString& file);
    bool takeDrag(QEvent* event);
    bool pasteIntoField();

    QLineEdit* field_;
    bool tells_others_ = false;
};

}  // namespace switchyard::ui
