// SPDX-License-Identifier: GPL-3.0-or-later
// The dashed frame that takes a picture.
#pragma once

#include <QFrame>

class QLabel;
class QPushButton;

namespace switchyard::ui {

/// Thread: GUI thread.
class DropZone : public QFrame {
    Q_OBJECT
public:
    explicit DropZone(QWidget* parent = nullptr);
    /// Shows that a picture held over the page would be taken.
    void setHot(bool hot);
    /// What stands there while a picture is held over the page; "Drop to search" unless set.
    void setHotTitle(const QString& title) { hot_title_ = title; }
    QSize sizeHint() const override { return {208, 68}; }
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void browse();

protected:
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    QLabel* icon_;
    QLabel* title_;
    QPushButton* choose_;
    QString hot_title_ = tr("Drop to search");
    bool hot_ = false;
};

}  // namespace switchyard::ui
