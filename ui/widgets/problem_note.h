// SPDX-License-Identifier: GPL-3.0-or-later
// A problem as it stands between the lines of an editor: what is wrong, what to do, and buttons that do it.
#pragma once

#include <QFrame>
#include <QStringList>

class QLabel;
class QPushButton;

namespace switchyard::ui {

/// One problem of a text, and where its bytes are.
struct EditorNote {
    std::size_t begin = 0;  ///< underlined bytes
    std::size_t end = 0;
    int line = 1;
    bool warning = false;
    QString message, fix;
    QStringList buttons;
    bool operator==(const EditorNote&) const = default;
};

/// Thread: GUI thread.
class ProblemNote : public QFrame {
    Q_OBJECT
public:
    /// `indent`: where the text begins, the icon stands left of it.
    ProblemNote(const EditorNote& note, int indent, QWidget* parent = nullptr);
    /// Its number in the editor's list, and the line it has moved to.
    void setPlace(int index, int line);
    int index() const { return index_; }
    /// The first button, nullptr when there is none.
    QPushButton* firstButton() const { return first_; }

Q_SIGNALS:
    void clicked();
    void buttonClicked(int index);

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    void recolor();

    bool warning_;
    QString message_;
    int indent_, index_ = -1;
    QLabel* icon_;
    QPushButton* first_ = nullptr;
};

}  // namespace switchyard::ui
