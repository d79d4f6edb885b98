// SPDX-License-Identifier: GPL-3.0-or-later
// A label that shortens its text with an ellipsis instead of asking for room; the full text is its tooltip.
#pragma once

#include <QLabel>

namespace switchyard::ui {

/// Thread: GUI thread.
class ElidedLabel : public QLabel {
    Q_OBJECT
public:
    explicit ElidedLabel(const QString& text = {}, QWidget* parent = nullptr);
    void setFullText(const QString& text);
    void setElideMode(Qt::TextElideMode mode);
    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent*) override;

private:
    QString full_;
    Qt::TextElideMode mode_ = Qt::ElideRight;
};

}  // namespace switchyard::ui
