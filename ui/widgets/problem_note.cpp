// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/problem_note.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/widgets/theme.h"

namespace switchyard::ui {

ProblemNote::ProblemNote(const EditorNote& note, int indent, QWidget* parent)
    : QFrame(parent), warning_(note.warning), message_(note.message), indent_(indent) {
    setCursor(Qt::PointingHandCursor);
    setPlace(index_, note.line);
    setAccessibleDescription(note.fix);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 4, 12, 4);
    row->setSpacing(0);
    icon_ = new QLabel;
    icon_->setFixedWidth(indent);
    icon_->setAlignment(Qt::AlignCenter);
    row->addWidget(icon_);
    auto* column = new QVBoxLayout;
    column->setSpacing(0);
    row->addLayout(column, 1);
    column->addStretch(1);
    const auto addLine = [&](const QString& text, const char* role) {
        auto* label = new QLabel(text);
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setProperty("note", role);
        column->addWidget(label);
    };
    addLine(note.message, "message");
    if (!note.fix.isEmpty()) addLine(note.fix, "fix");
    if (!note.buttons.isEmpty()) {
        auto* buttons = new QHBoxLayout;
        buttons->setContentsMargins(0, 4, 0, 0);
        buttons->setSpacing(8);
        for (qsizetype i = 0; i < note.buttons.size(); ++i) {
            auto* button = new QPushButton(note.buttons[i]);
            button->setProperty("small", true);
            button->setCursor(Qt::ArrowCursor);
            button->setAccessibleDescription(note.message);
            connect(button, &QPushButton::clicked, this, [this, i] { Q_EMIT buttonClicked(static_cast<int>(i)); });
            buttons->addWidget(button);
            if (first_ == nullptr) first_ = button;
        }
        buttons->addStretch(1);
        column->addLayout(buttons);
    }
    column->addStretch(1);
    connect(&Theme::instance(), &Theme::changed, this, &ProblemNote::recolor);
    recolor();
}

void ProblemNote::setPlace(int index, int line) {
    index_ = index;
    setAccessibleName((warning_ ? tr("Warning in line %1: %2") : tr("Error in line %1: %2")).arg(line).arg(message_));
}

void ProblemNote::recolor() {
    const Palette& p = Theme::instance().palette();
    setStyleSheet(QStringLiteral("QLabel { font-size: 12px; } QLabel[note=\"message\"] { font-weight: 600; }"));
    icon_->setPixmap(
        Theme::instance()
            .icon(warning_ ? QStringLiteral("warning") : QStringLiteral("error"), warning_ ? p.warning : p.danger)
            .pixmap(QSize(16, 16), devicePixelRatioF()));
    update();
}

void ProblemNote::paintEvent(QPaintEvent*) {
    const Palette& p = Theme::instance().palette();
    QPainter painter(this);
    painter.fillRect(rect(), warning_ ? p.ground_warning : p.ground_danger);
    const QColor edge = warning_ ? p.warning : p.danger;
    painter.fillRect(0, 0, width(), 1, edge);
    painter.fillRect(0, height() - 1, width(), 1, edge);
}

void ProblemNote::mousePressEvent(QMouseEvent* event) {
    event->accept();
    Q_EMIT clicked();
}

}  // namespace switchyard::ui
