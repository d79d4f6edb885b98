// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/configure/form_row.h"

#include <QContextMenuEvent>
#include <QGridLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QStyle>
#include <algorithm>

#include "ui/models/key_words.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/form_field.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kLeft = 16;
constexpr int kLabelWidth = 156;
constexpr int kBar = 3;
constexpr int kLeastHint = 72;

}  // namespace

FormRow::FormRow(const KeySpec& key, QWidget* parent) : QWidget(parent), key_(key) {
    setObjectName(QString::fromStdString(key.path));
    const QString tip = keyToolTip(key);
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(kLeft, 2, 8, 2);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(2);
    label_ = new ElidedLabel(keyLabel(key));
    label_->setFixedWidth(kLabelWidth);
    label_->setProperty("part", "label");
    label_->setToolTip(tip);
    label_->installEventFilter(this);
    field_ = FormField::make(key, this);
    field_->setToolTip(tip);
    hint_ = new ElidedLabel(keyHint(key));
    hint_->setProperty("role", "caption");
    hint_->setToolTip(tip);
    hint_->setMinimumWidth(1);
    reset_ = new IconButton(QStringLiteral("reset"), resetText());
    reset_->setFocusPolicy(Qt::NoFocus);
    QSizePolicy keep = reset_->sizePolicy();
    keep.setRetainSizeWhenHidden(true);
    reset_->setSizePolicy(keep);
    reset_->hide();
    problem_ = new QLabel;
    problem_->setWordWrap(true);
    problem_->setProperty("part", "problem");
    problem_->setTextFormat(Qt::PlainText);
    problem_->installEventFilter(this);
    problem_->hide();
    grid->addWidget(label_, 0, 0);
    grid->addWidget(field_, 0, 1);
    grid->addWidget(hint_, 0, 2);
    grid->addWidget(reset_, 0, 3);
    grid->addWidget(problem_, 1, 1, 1, 3);
    grid->setRowMinimumHeight(0, metric::kControl);
    grid->setColumnStretch(field_->isWide() ? 1 : 2, 1);
    if (field_->isWide() && keyHint(key).isEmpty()) hint_->hide();

    connect(field_, &FormField::edited, this, &FormRow::edited);
    connect(field_, &FormField::entered, this, [this] {
        focused_ = true;
        showReset();
        Q_EMIT entered();
    });
    connect(field_, &FormField::left, this, [this] {
        focused_ = false;
        showReset();
        Q_EMIT left();
    });
    connect(reset_, &QToolButton::clicked, this, &FormRow::resetRequested);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

QString FormRow::resetText() const {
    const QString value = defaultText(key_);
    return value.isEmpty() ? tr("Reset to the default: empty (Ctrl+D)")
                           : tr("Reset to the default: %1 (Ctrl+D)").arg(value);
}

void FormRow::setState(const RowState& state) {
    field_->setScalars(state.scalars);
    field_->setInvalid(state.is_error);
    const char* role = state.problem.isEmpty() ? "" : state.is_error ? "danger" : "warning";
    if (label_->property("role").toString() != QLatin1String(role)) {
        for (QLabel* label : {static_cast<QLabel*>(label_), problem_}) {
            label->setProperty("role", role);
            label->style()->unpolish(label);
            label->style()->polish(label);
        }
    }
    if (problem_->text() != state.problem) problem_->setText(state.problem);
    problem_->setVisible(!state.problem.isEmpty());
    field_->input()->setAccessibleDescription(state.problem.isEmpty() ? keyDoc(key_)
                                                                      : state.problem);
    state_ = state;
    showReset();
    update();
}

void FormRow::setCurrent(bool current) {
    if (current_ == current) return;
    current_ = current;
    update();
}

void FormRow::showReset() {
    reset_->setVisible(state_.is_set && (focused_ || underMouse()));
}

void FormRow::paintEvent(QPaintEvent*) {
    const Palette& p = Theme::instance().palette();
    QPainter painter(this);
    if (current_) painter.fillRect(rect(), p.hover);
    if (state_.changed) painter.fillRect(4, 8, kBar, 16, p.accent);
}

void FormRow::enterEvent(QEnterEvent* event) {
    QWidget::enterEvent(event);
    showReset();
}

void FormRow::leaveEvent(QEvent* event) {
    QWidget::leaveEvent(event);
    showReset();
}

/// The hint is the first to go where the form is narrow: a few of its letters help nobody.
void FormRow::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (field_->isWide()) return;
    const int left = kLeft + kLabelWidth + field_->sizeHint().width() + metric::kControlSmall + 4 * metric::kGrid;
    hint_->setVisible(width() - left >= std::min(kLeastHint, hint_->sizeHint().width()));
}

void FormRow::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu(this);
    menu.addAction(Theme::instance().icon(QStringLiteral("reset")), resetText(), this, &FormRow::resetRequested)
        ->setEnabled(state_.is_set);
    menu.exec(event->globalPos());
}

bool FormRow::eventFilter(QObject* watched, QEvent* event) {
    if ((watched == label_ || watched == problem_) && event->type() == QEvent::MouseButtonPress)
        field_->setFocus(Qt::MouseFocusReason);
    return QWidget::eventFilter(watched, event);
}

}  // namespace switchyard::ui
