// SPDX-License-Identifier: GPL-3.0-or-later
// The head of a form's section: chevron, title, and at the right its summary or how many problems it has.
#pragma once

#include <QAbstractButton>

namespace switchyard::ui {

/// Checked = the section is open. Thread: GUI thread.
class SectionHead : public QAbstractButton {
    Q_OBJECT
public:
    explicit SectionHead(const QString& title, QWidget* parent = nullptr);
    void setSummary(const QString& summary);
    void setProblems(int errors, int warnings);
    /// The accent bar: a key of the section differs from the preset.
    void setChanged(bool changed);
    int errors() const { return errors_; }
    const QString& summary() const { return summary_; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent*) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void tell();

    QString summary_;
    int errors_ = 0, warnings_ = 0;
    bool changed_ = false;
};

}  // namespace switchyard::ui
