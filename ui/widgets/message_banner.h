// SPDX-License-Identifier: GPL-3.0-or-later
// One sentence over a page: warning, error or good news, with an action and a way to put it away.
#pragma once

#include <QFrame>
#include <functional>

class QLabel;
class QPushButton;

namespace switchyard::ui {

/// Hidden until show...; Thread: GUI thread.
class MessageBanner : public QFrame {
    Q_OBJECT
public:
    enum class Kind { kWarning, kDanger, kOk };
    explicit MessageBanner(QWidget* parent = nullptr);
    /// `text` may hold <b> and <code>; callers escape what comes from files. Empty `action` = no link.
    void showMessage(Kind kind, const QString& text, const QString& action = {}, std::function<void()> on_action = {});
    QString text() const;

Q_SIGNALS:
    void dismissed();

private:
    void recolor();

    Kind kind_ = Kind::kWarning;
    QLabel* icon_;
    QLabel* text_;
    QPushButton* action_;
    std::function<void()> on_action_;
};

}  // namespace switchyard::ui
