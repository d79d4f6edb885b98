// SPDX-License-Identifier: GPL-3.0-or-later
// A framed part of a page: title row with a right-hand slot, content below.
#pragma once

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace switchyard::ui {

/// Thread: GUI thread.
class Card : public QFrame {
    Q_OBJECT
public:
    explicit Card(const QString& title, QWidget* parent = nullptr);
    void setTitle(const QString& title);
    void setSubtitle(const QString& subtitle);  ///< muted, beside the title
    void addHeadWidget(QWidget* widget);        ///< between subtitle and the right-hand slot
    void addCornerWidget(QWidget* widget);      ///< right-hand slot, left to right
    void setContent(QWidget* widget);
    QVBoxLayout* body() const { return body_; }

private:
    QLabel* title_;
    QLabel* subtitle_;
    QHBoxLayout* head_;
    QHBoxLayout* middle_;
    QVBoxLayout* body_;
};

}  // namespace switchyard::ui
