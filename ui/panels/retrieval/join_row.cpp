// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/retrieval/join_row.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>

#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kRestMs = 150, kLongestName = 28;

QLabel* caption(const QString& text) {
    auto* label = new QLabel(text);
    label->setProperty("role", "muted");
    label->setFont(Theme::instance().font(TextRole::kTable));
    return label;
}

}  // namespace

JoinRow::JoinRow(QWidget* parent) : QWidget(parent) {
    with_ = new QCheckBox;
    with_->setFont(Theme::instance().font(TextRole::kTable));
    with_->setToolTip(tr("Find pictures by text and picture together"));
    share_ = new QSlider(Qt::Horizontal);
    share_->setRange(0, 100);
    share_->setSingleStep(5);
    share_->setPageStep(25);
    share_->setFixedWidth(140);
    share_->setAccessibleName(tr("How much the picture counts beside the text, percent"));
    value_ = caption({});
    value_->setMinimumWidth(QFontMetrics(value_->font()).horizontalAdvance(tr("%1 %").arg(100)));
    value_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(with_);
    row->addStretch(1);
    row->addWidget(caption(tr("Text")));
    row->addWidget(share_);
    row->addWidget(caption(tr("Picture")));
    row->addWidget(value_);
    rested_.setSingleShot(true);
    rested_.setInterval(kRestMs);
    connect(&rested_, &QTimer::timeout, this, &JoinRow::changed);
    connect(with_, &QCheckBox::toggled, this, [this] {
        updateParts();
        Q_EMIT changed();
    });
    connect(share_, &QSlider::valueChanged, this, [this] {
        updateParts();
        rested_.start();
    });
    set(false, 50);
    setPicture({});
}

void JoinRow::setPicture(const QString& name) {
    const QString shown = name.size() > kLongestName ? name.left(kLongestName - 1) + u'…' : name;
    with_->setText(tr("Together with %1").arg(shown));
    with_->setAccessibleName(tr("Search by the text together with the picture %1").arg(name));
}

bool JoinRow::joined() const {
    return with_->isChecked();
}
int JoinRow::imagePercent() const {
    return share_->value();
}

void JoinRow::set(bool joined, int image_percent) {
    const QSignalBlocker quiet_box(with_), quiet_slider(share_);
    with_->setChecked(joined);
    share_->setValue(image_percent);
    updateParts();
}

void JoinRow::updateParts() {
    share_->setEnabled(with_->isChecked());
    value_->setText(tr("%1 %").arg(share_->value()));
}

}  // namespace switchyard::ui
