// SPDX-License-Identifier: GPL-3.0-or-later
// A picture of a PictureLoader inside a painter, and as a widget.
#pragma once

#include <QRect>
#include <QString>
#include <QWidget>

class QPainter;

namespace switchyard::ui {

class PictureLoader;

/// Fits the picture into `rect` (small ones are enlarged up to three times); nothing while it is being read, a
/// quiet mark when it is missing. Thread: GUI thread.
void paintPicture(QPainter& painter, const QRect& rect, const QString& file, PictureLoader& pictures);

/// One picture on white. Thread: GUI thread.
class PictureBox : public QWidget {
    Q_OBJECT
public:
    explicit PictureBox(PictureLoader& pictures, QWidget* parent = nullptr);
    void setFile(const QString& file);
    const QString& file() const { return file_; }

Q_SIGNALS:
    void doubleClicked();

protected:
    void paintEvent(QPaintEvent*) override;
    void mouseDoubleClickEvent(QMouseEvent*) override { Q_EMIT doubleClicked(); }

private:
    PictureLoader& pictures_;
    QString file_;
};

}  // namespace switchyard::ui
