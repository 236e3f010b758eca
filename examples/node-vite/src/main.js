document.querySelector('#app').textContent = location.pathname;
